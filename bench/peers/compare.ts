import {mnistFolder, readExamples} from '../../demo/node/mnist';
import {exchange} from './exchange';
import {maskCases} from './maskCases';
import {compareMasks, compareSchedule} from './masks';
import * as ours from './ours';
import type {Peer, PeerName} from './peer';
import {
  type Library,
  type Method,
  methods,
  type NetworkName,
  networkNames,
  settings,
  type Timed,
  type Trained,
  type Training,
  updatesTo,
} from './settings';

/** A network, pruned by a method of a library. */
interface Cell {
  readonly network: NetworkName;
  readonly method: Method;
  readonly sparsity: number;
  readonly peer: Library;
}

/** A comparison: its settings and its results. */
interface Run {
  readonly peers: Readonly<Record<PeerName, Peer>>;
  /** The version of this library. */
  readonly version: string;
  readonly networks: readonly string[];
  /** Takes a few images and rounds. */
  readonly quick: boolean;
  /** Whether there is a result with these settings. */
  has(settings: object): boolean;
  write(line: object): void;
}

/** The comparisons, each of which writes the results that are missing. */
export class Comparison {
  readonly #run: Run;
  readonly #versions: Readonly<Record<Library, string>>;
  readonly #cells: readonly Cell[];

  private constructor(run: Run, versions: Readonly<Record<Library, string>>) {
    this.#run = run;
    this.#versions = versions;
    this.#cells = allCells().filter(({network}) => run.networks.includes(network));
  }

  static async of(run: Run): Promise<Comparison> {
    const others: Record<string, string>[] = [];
    for (const peer of Object.values(run.peers)) others.push(await peer.ask('versions'));
    return new Comparison(run, Object.assign({'tfjs-pruning': run.version}, ...others));
  }

  async masks(): Promise<void> {
    const {tfmot} = this.#run.peers;
    for (const one of maskCases) {
      const {name, peer, differs} = one;
      await this.#add({kind: 'masks', name, peer, version: this.#versions[peer], differs}, () =>
        compareMasks(one, this.#run.peers[peer]),
      );
    }
    await this.#add(
      {kind: 'schedule', name: 'polynomial', peer: 'tfmot', version: this.#versions.tfmot},
      async () => ({different: await compareSchedule(tfmot)}),
    );
  }

  async times(): Promise<void> {
    const rounds = this.#run.quick ? 3 : 60;
    const {batch} = settings;
    for (const cell of this.#cells) {
      const {network, method, sparsity, peer} = cell;
      if (method === 'dense') continue;
      const version = this.#versions[peer];
      await this.#add(
        {kind: 'time', ...cell, version, batch, rounds, threads: 1},
        (): Promise<Timed> =>
          peer === 'tfjs-pruning'
            ? ours.clock(network, method, sparsity, batch, rounds)
            : this.#peerOf(peer).ask('time', {name: network, method, sparsity, batch, rounds}),
      );
    }
  }

  async accuracies(seeds: readonly number[]): Promise<void> {
    const {epochs, batch, rate, images} = this.#run.quick ? {...settings, images: 2560, epochs: 1} : settings;
    const mnist = mnistFolder();
    const training = readExamples(mnist, 'train');
    const test = readExamples(mnist, 't10k');
    for (const seed of seeds) {
      const {orders, order, initial} = exchange(seed, images, epochs);
      for (const cell of this.#cells) {
        const {network, method, sparsity, peer} = cell;
        const {updates: count} = methods[method];
        const updates = count === 0 ? [] : updatesTo(sparsity, count, epochs * Math.floor(images / batch));
        const common = {name: network, method, batch, rate, updates};
        const request: Training = {...common, mnist, initial: initial(network), order};
        const recipe = {seed, epochs, batch, rate, images, updates: updates.map(([step]) => step)};
        await this.#add(
          {kind: 'accuracy', ...cell, version: this.#versions[peer], ...recipe},
          (): Promise<Trained> =>
            peer === 'tfjs-pruning'
              ? ours.train(common, seed, orders, training, test)
              : this.#peerOf(peer).ask('train', request),
        );
      }
    }
  }

  /** Writes a result unless there is one with its settings. */
  async #add(settings: object, measure: () => Promise<object>): Promise<void> {
    if (!this.#run.has(settings)) this.#run.write({...settings, ...(await measure())});
  }

  #peerOf(library: Library): Peer {
    return this.#run.peers[library === 'tfmot' ? 'tfmot' : 'torch'];
  }
}

/** All networks and methods; the libraries take turns. */
function allCells(): Cell[] {
  return networkNames.flatMap((network) =>
    (Object.keys(methods) as Method[]).flatMap((method) =>
      methods[method].sparsities.flatMap((sparsity) =>
        methods[method].libraries.map((peer) => ({network, method, sparsity, peer})),
      ),
    ),
  );
}

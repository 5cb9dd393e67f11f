import {tensor4d} from '@tensorflow/tfjs-core';
import {prunableWeights, prune} from 'tfjs-pruning';
import type {
  Answers,
  Command,
  Events,
  Inspected,
  NamedFile,
  Outcome,
  Pruned,
  RunKind,
  SessionCalls,
  Shipment,
  Started,
  Ways,
} from '../protocol';
import type {Settings} from '../settings';
import {CLASSES, SIDE, SIZE} from '../shards';
import {startBackend} from './backend';
import {Control} from './control';
import {examples, Mnist} from './digits';
import {probabilities} from './evaluate';
import {formats, networkOf} from './formats';
import {measureModule} from './module';
import {Network} from './network';
import {recipeOf, Traces} from './recipe';
import {ship} from './ship';
import {Stage} from './stage';
import {withStatistics} from './statistics';
import {train} from './train';
import type {Turns} from './turns';

/** The batch size of timings. */
const SHIPPED_DIGITS = 250;

export type Tell = <Name extends keyof Events>(event: Name, value: Events[Name]) => void;

/** Implements the calls of the page. */
export class Session implements SessionCalls {
  readonly #tell: Tell;
  readonly #mnist = new Mnist();
  readonly #traces = new Traces();
  readonly #control: Control;
  readonly #turns: Turns;
  readonly #stage: Stage;
  #base = '';

  constructor(tell: Tell, turns: Turns) {
    this.#tell = tell;
    this.#turns = turns;
    this.#control = new Control((phase) => tell('phase', phase));
    this.#stage = new Stage(tell, this.#traces);
  }

  async start(asked: string, base: string): Promise<Started> {
    this.#base = base;
    const [started] = await Promise.all([
      startBackend(asked, (doing) => this.#tell('starting', doing)),
      this.#mnist.loadTest(base),
    ]);
    this.#tell('starting', `Preparing the network on ${started.backend} …`);
    this.#stage.test(this.#mnist.test);
    await this.#stage.take(await Network.opening(base));
    return {
      ...started,
      formats: Object.entries(formats).map(([name, {label}]) => ({name, label})),
    };
  }

  async prune(settings: Settings, pixels?: Float32Array): Promise<Pruned> {
    const started = performance.now();
    const accuracy = await this.#pruneBy(settings);
    const {network} = this.#stage;
    const {size, kept} = await network.counts();
    const answers = pixels && (await this.classify(pixels));
    const bytes = await network.bytes();
    const milliseconds = performance.now() - started;
    const pruned = {accuracy, sparsity: 1 - kept / size, bytes, milliseconds, answers};
    await this.#stage.show();
    if (!settings.against) {
      return pruned;
    }
    const against = await this.#pruneBy({...settings, importance: settings.against});
    await this.#pruneBy(settings);
    return {...pruned, against};
  }

  async run(settings: Settings, kind: RunKind): Promise<Outcome> {
    const stage = this.#stage;
    this.#control.begin('waiting');
    let teacher: Network | undefined;
    try {
      if (kind === 'train' && settings.start === 'new') {
        await stage.take(Network.random(settings.network, settings.seed));
      }
      const {network} = stage;
      teacher = settings.teacher && kind === 'train' ? await Network.opening(this.#base) : undefined;
      const {size, kept} = await network.counts();
      await train({
        network,
        settings,
        kind,
        sparsity: 1 - kept / size,
        mnist: this.#mnist,
        teacher: teacher?.dense,
        traces: this.#traces,
        control: this.#control,
        turns: this.#turns,
        tell: this.#tell,
        test: () => stage.accuracies(),
        show: () => stage.showNowAndThen(),
      });
      network.keep();
      await stage.showAll();
      const after = await network.counts();
      return {
        ended: this.#control.stopped ? 'stopped' : 'done',
        ...(await stage.accuracies()),
        sparsity: 1 - after.kept / after.size,
      };
    } finally {
      teacher?.dispose();
      this.#control.end();
    }
  }

  async control(command: Command): Promise<void> {
    this.#control.command(command);
  }

  async reset(): Promise<void> {
    await this.#stage.take(await Network.opening(this.#base));
  }

  async details(): Promise<void> {
    await this.#stage.details();
  }

  async ship(): Promise<Ways> {
    const {x, y} = examples(this.#mnist.test, [...Array(SHIPPED_DIGITS).keys()]);
    y.dispose();
    try {
      return await ship(this.#stage.network, x);
    } finally {
      x.dispose();
    }
  }

  async measureModule(): Promise<Shipment> {
    const digit = Float32Array.from(await this.testDigit(0), (grey) => grey / 255);
    return measureModule(this.#stage.network, digit);
  }

  async classify(pixels: Float32Array): Promise<Answers> {
    const {dense, pruned} = this.#stage.network;
    const x = tensor4d(pixels, [1, SIDE, SIDE, 1]);
    const answers = [await probabilities(dense, x), await probabilities(pruned, x)];
    x.dispose();
    const [first, second] = answers.map((values) => [...values].slice(0, CLASSES));
    return {dense: first, pruned: second};
  }

  async testDigit(index: number): Promise<Uint8Array> {
    const {pixels, labels} = this.#mnist.test;
    const at = (index % labels.length) * SIZE;
    return pixels.slice(at, at + SIZE);
  }

  async inspect(weight: string, index: number): Promise<Inspected> {
    const found = prunableWeights(this.#stage.network.pruned).find(({name}) => name === weight);
    if (!found) {
      throw new Error(`there is no weight ${weight}`);
    }
    return {value: (await found.value.data())[index], ...this.#traces.of(weight, index)};
  }

  async download(format: string): Promise<NamedFile[]> {
    return formats[format].make(this.#stage.network.pruned);
  }

  async load(files: NamedFile[]): Promise<void> {
    const network = await networkOf(files);
    await network.maskZeros();
    await this.#stage.take(network);
  }

  async #pruneBy(settings: Settings): Promise<number> {
    const {network} = this.#stage;
    network.restore();
    this.#traces.clear();
    await this.#traces.note(network.pruned);
    if (settings.sparsity > 0) {
      const recipe = await withStatistics(recipeOf(settings), network.pruned, this.#mnist);
      await prune(network.pruned, settings.sparsity / 100, this.#traces.watch(recipe));
      await this.#traces.note(network.pruned);
    }
    return this.#stage.accuracy();
  }
}

import {tensor4d} from '@tensorflow/tfjs-core';
import {prunableWeights, prune} from 'tfjs-pruning';
import type {
  Calls,
  Command,
  Cut,
  Events,
  Inspected,
  NamedFile,
  Outcome,
  RunKind,
  Started,
  Ways,
} from '../protocol';
import type {Settings} from '../settings';
import {CLASSES, SIDE, SIZE} from '../shards';
import {startBackend} from './backend';
import {Control} from './control';
import {examples, Mnist} from './digits';
import {probabilities, Reader} from './evaluate';
import {formats, parseFiles} from './formats';
import {Network} from './network';
import {recipeOf, Traces} from './recipe';
import {ship} from './ship';
import {withStatistics} from './statistics';
import {train} from './train';
import type {Turns} from './turns';

const SHOWN_MISTAKES = 40;
/** The batch size of timings. */
const SHIPPED_DIGITS = 250;
/** The minimum interval of weight updates in a run, in milliseconds. */
const SHOW_EVERY = 300;

type Tell = <Name extends keyof Events>(event: Name, value: Events[Name]) => void;

/** Implements the calls of the page. */
export class Session implements Calls {
  readonly #tell: Tell;
  readonly #mnist = new Mnist();
  readonly #traces = new Traces();
  readonly #control: Control;
  readonly #turns: Turns;
  #base = '';
  #present: Network | undefined;
  #reader!: Reader;
  #denseAccuracy = 0;
  #lastShown = 0;

  constructor(tell: Tell, turns: Turns) {
    this.#tell = tell;
    this.#turns = turns;
    this.#control = new Control((phase) => tell('phase', phase));
  }

  get #network(): Network {
    if (!this.#present) {
      throw new Error(
        'There is no network, as the page did not start. Choose another backend, or reload the page.',
      );
    }
    return this.#present;
  }

  async start(asked: string, base: string): Promise<Started> {
    this.#base = base;
    const [started] = await Promise.all([startBackend(asked), this.#mnist.loadSubset(this.#base)]);
    this.#reader = new Reader(this.#mnist.test);
    await this.#take(await Network.opening(this.#base));
    return {
      ...started,
      formats: Object.entries(formats).map(([name, {label}]) => ({name, label})),
    };
  }

  async loadDigits(): Promise<void> {
    const total = this.#mnist.train.labels.length;
    await this.#mnist.loadRest(this.#base, (have) => this.#tell('digits', {have, total}));
  }

  async cut(settings: Settings): Promise<Cut> {
    const started = performance.now();
    const accuracy = await this.#cutBy(settings);
    const {size, kept} = await this.#network.counts();
    const milliseconds = performance.now() - started;
    const cut = {accuracy, size, kept, sparsity: 1 - kept / size, milliseconds};
    await this.#show();
    if (!settings.against) {
      return cut;
    }
    const other = await this.#cutBy({...settings, importance: settings.against});
    await this.#cutBy(settings);
    return {...cut, against: other};
  }

  async run(settings: Settings, kind: RunKind): Promise<Outcome> {
    this.#control.begin('waiting');
    try {
      if (kind === 'train' && settings.start === 'new') {
        await this.#take(Network.random(settings.network, settings.seed));
      }
      const network = this.#network;
      const {size, kept} = await network.counts();
      await train({
        network,
        settings,
        kind,
        sparsity: 1 - kept / size,
        mnist: this.#mnist,
        traces: this.#traces,
        control: this.#control,
        turns: this.#turns,
        tell: this.#tell,
        test: () => this.#test(),
        show: () => this.#showNowAndThen(),
      });
      network.keep();
      await this.#showAll();
      return await this.#outcome();
    } finally {
      this.#control.end();
    }
  }

  async control(command: Command): Promise<void> {
    this.#control.command(command);
  }

  async reset(): Promise<void> {
    await this.#take(await Network.opening(this.#base));
  }

  async details(): Promise<void> {
    const {accuracy, denseAccuracy} = await this.#test();
    this.#tell('accuracy', {pruned: accuracy, dense: denseAccuracy});
    this.#tell('sizes', await this.#network.sizes());
  }

  async ship(): Promise<Ways> {
    const {x, y} = examples(this.#mnist.test, [...Array(SHIPPED_DIGITS).keys()]);
    y.dispose();
    try {
      return await ship(this.#network, x);
    } finally {
      x.dispose();
    }
  }

  async classify(pixels: Float32Array): Promise<{dense: number[]; pruned: number[]}> {
    const x = tensor4d(pixels, [1, SIDE, SIDE, 1]);
    const [dense, pruned] = [
      await probabilities(this.#network.dense, x),
      await probabilities(this.#network.pruned, x),
    ];
    x.dispose();
    return {dense: [...dense].slice(0, CLASSES), pruned: [...pruned].slice(0, CLASSES)};
  }

  async testDigit(index: number): Promise<Uint8Array> {
    const {pixels, labels} = this.#mnist.test;
    const at = (index % labels.length) * SIZE;
    return pixels.slice(at, at + SIZE);
  }

  async inspect(weight: string, index: number): Promise<Inspected> {
    const found = prunableWeights(this.#network.pruned).find(({name}) => name === weight);
    if (!found) {
      throw new Error(`there is no weight ${weight}`);
    }
    return {value: (await found.value.data())[index], ...this.#traces.of(weight, index)};
  }

  async download(format: string): Promise<NamedFile[]> {
    return formats[format].make(this.#network.pruned);
  }

  async load(files: NamedFile[]): Promise<void> {
    const {json, weights} = parseFiles(files);
    const network = await Network.of(json, weights);
    await network.maskZeros();
    await this.#take(network);
  }

  /** Replaces the network of the page; the old one is disposed only on success. */
  async #take(network: Network): Promise<void> {
    try {
      this.#denseAccuracy = await this.#reader.accuracy(network.dense);
    } catch (error) {
      network.dispose();
      throw error;
    }
    this.#present?.dispose();
    this.#present = network;
    this.#traces.clear();
    await this.#traces.note(network.pruned);
    await this.#showAll();
  }

  async #cutBy(settings: Settings): Promise<number> {
    const network = this.#network;
    network.restore();
    this.#traces.clear();
    await this.#traces.note(network.pruned);
    if (settings.cut > 0) {
      const recipe = await withStatistics(recipeOf(settings), network.pruned, this.#mnist);
      await prune(network.pruned, settings.cut / 100, this.#traces.watch(recipe));
      await this.#traces.note(network.pruned);
    }
    return this.#reader.accuracy(network.pruned);
  }

  async #test(): Promise<{accuracy: number; denseAccuracy: number}> {
    const answers = await this.#reader.answers(this.#network.pruned);
    this.#denseAccuracy = await this.#reader.accuracy(this.#network.dense);
    this.#tell('mistakes', this.#reader.mistakes(answers, SHOWN_MISTAKES));
    return {accuracy: this.#reader.share(answers), denseAccuracy: this.#denseAccuracy};
  }

  /** The result of the run, on all test digits if they are loaded. */
  async #outcome(): Promise<Outcome> {
    const {rest, test} = this.#mnist;
    const {size, kept} = await this.#network.counts();
    const ended = this.#control.stopped ? 'stopped' : 'done';
    const share = async (model: Network['pruned']) => {
      const first = await this.#reader.accuracy(model);
      if (!rest) return first;
      const other = new Reader(rest);
      const second = await other.accuracy(model);
      other.dispose();
      const [a, b] = [test.labels.length, rest.labels.length];
      return (first * a + second * b) / (a + b);
    };
    return {
      ended,
      accuracy: await share(this.#network.pruned),
      denseAccuracy: await share(this.#network.dense),
      sparsity: 1 - kept / size,
    };
  }

  async #show(): Promise<void> {
    this.#tell('weights', await this.#network.views());
    this.#lastShown = performance.now();
  }

  async #showNowAndThen(): Promise<void> {
    if (performance.now() - this.#lastShown > SHOW_EVERY) {
      await this.#show();
    }
  }

  async #showAll(): Promise<void> {
    await this.#show();
    await this.details();
  }
}

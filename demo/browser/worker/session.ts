import {tensor4d} from '@tensorflow/tfjs-core';
import {prunableWeights, prune} from 'tfjs-pruning';
import type {
  Answers,
  Carried,
  Command,
  Inspected,
  Outcome,
  Pruned,
  RunKind,
  Started,
  TrainingCalls,
} from '../protocol';
import type {Settings} from '../settings';
import {CLASSES, SIDE, SIZE} from '../shards';
import {startBackend} from './backend';
import {Control} from './control';
import type {Mnist} from './digits';
import {probabilities} from './evaluate';
import {Network} from './network';
import type {Parts, Tell} from './parts';
import {recipeOf, type Traces} from './recipe';
import type {Stage} from './stage';
import {withStatistics} from './statistics';
import type {Turns} from './turns';

/** Implements the calls of the page about pruning and training. */
export class Session implements TrainingCalls {
  readonly #tell: Tell;
  readonly #mnist: Mnist;
  readonly #traces: Traces;
  readonly #control: Control;
  readonly #turns: Turns;
  readonly #stage: Stage;
  #base = '';

  constructor({tell, turns, mnist, stage, traces}: Parts) {
    this.#tell = tell;
    this.#turns = turns;
    this.#mnist = mnist;
    this.#traces = traces;
    this.#stage = stage;
    this.#control = new Control((phase) => tell('phase', phase));
  }

  async start(asked: string, base: string, carried?: Carried): Promise<Started> {
    this.#base = base;
    const [started] = await Promise.all([
      startBackend(asked, (doing) => this.#tell('starting', doing)),
      this.#mnist.loadTest(base),
    ]);
    this.#tell('starting', `Preparing the network on ${started.backend} …`);
    this.#stage.test(this.#mnist.test);
    // The page prunes the initial network next, which shows the weights.
    await (carried
      ? this.#stage.take(await Network.carried(carried))
      : this.#stage.take(await Network.opening(base), false));
    return started;
  }

  async carry(): Promise<Carried> {
    return this.#stage.network.carried();
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
      const {train} = await import('./train');
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

import {prune} from 'tfjs-pruning';
import type {Carried, Command, Outcome, Pruned, RunKind, Started, TrainingCalls} from '../protocol';
import type {Settings} from '../settings';
import {startBackend} from './backend';
import {Control} from './control';
import type {Mnist} from './digits';
import {Network} from './network';
import type {Parts, Tell} from './parts';
import {classify} from './questions';
import {recipeOf, type Traces} from './recipe';
import {bytesOf, countsOf} from './sizes';
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
    const isCompiled = ['webgpu', 'webgl'].includes(started.backend);
    const doing = isCompiled ? 'Compiling the shaders of the network for' : 'Preparing the network on';
    this.#tell('starting', `${doing} ${started.backend} …`);
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
    const {size, kept} = await countsOf(network.pruned);
    const answers = pixels && (await classify(network, pixels));
    const bytes = await bytesOf(network.pruned);
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
      teacher = await this.#teacherOf(settings, kind);
      if (kind === 'train' && settings.start === 'new') {
        await stage.take(Network.random(settings.network, settings.seed));
      }
      const {network} = stage;
      const {size, kept} = await countsOf(network.pruned);
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
      const after = await countsOf(network.pruned);
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

  async #teacherOf({teacher}: Settings, kind: RunKind): Promise<Network | undefined> {
    if (teacher === '' || kind !== 'train') return undefined;
    return teacher === 'present' ? this.#stage.network.copy() : Network.opening(this.#base);
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

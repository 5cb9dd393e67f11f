import {makers} from 'virtual:makers';
import {train as optimizers, type Tensor, type TensorContainer} from '@tensorflow/tfjs-core';
import {Callback, type Logs} from '@tensorflow/tfjs-layers';
import {type Pruning, pruning, sparsityLoss} from 'tfjs-pruning/callbacks';
import {shuffled} from '../../shuffled';
import type {Events, RunKind, Tick} from '../protocol';
import type {Settings} from '../settings';
import {TRAIN_DIGITS} from '../shards';
import type {Control} from './control';
import {examples, type Mnist} from './digits';
import type {Network} from './network';
import {recipeOf, type Traces} from './recipe';
import type {Turns} from './turns';

const BATCH = 64;
/** How often a run updates the masks, reports and is tested, if it is long enough. */
const UPDATES = 40;
const TICKS = 100;
const TESTS = 20;

export interface Run {
  network: Network;
  settings: Settings;
  kind: RunKind;
  /** The initial sparsity of the network. */
  sparsity: number;
  mnist: Mnist;
  traces: Traces;
  control: Control;
  turns: Turns;
  tell<Name extends keyof Events>(event: Name, value: Events[Name]): void;
  /** Tests both networks, and returns the accuracies. */
  test(): Promise<{accuracy: number; denseAccuracy: number}>;
  /** Shows the current weights. */
  show(): Promise<void>;
}

/** One fit: a quarter to learn, half to prune gradually, a quarter to recover. */
export async function train(run: Run): Promise<void> {
  const {network, settings, kind, mnist, control, turns, traces, tell} = run;
  const {epochs, digits, rate} = settings;
  const perEpoch = Math.ceil(digits / BATCH);
  const steps = epochs * perEpoch;
  const twin = kind === 'train' && settings.twin === 1;
  const pruner = kind === 'train' ? prunerOf(settings, traces, steps) : undefined;

  await turns.pause(() => Promise.race([mnist.available(TRAIN_DIGITS), control.whenStopped()]));
  if (control.stopped) {
    return;
  }
  control.begin('running');
  tell('plan', planOf(pruner, epochs, perEpoch));

  network.compile(() => optimizers.adam(rate));
  const batches = new Batches(mnist, settings, twin ? network : undefined);
  const watcher = new Watcher(run, pruner, batches, perEpoch, steps);
  const {penalty, strength} = settings;
  const penalized =
    penalty && kind === 'train' ? [sparsityLoss({penalty: makers.penalty[penalty](0), strength})] : [];
  await network.pruned.fitDataset(batches as never, {
    epochs,
    batchesPerEpoch: perEpoch,
    verbose: 0,
    callbacks: [...penalized, ...(pruner ? [pruner] : []), watcher],
  });
}

function prunerOf(settings: Settings, traces: Traces, steps: number): Pruning {
  return pruning({
    ...traces.watch(recipeOf(settings)),
    schedule: makers.schedule[settings.schedule](settings.target / 100),
    unit: 'batch',
    begin: Math.floor(steps / 4),
    end: Math.floor((steps * 3) / 4),
    every: Math.ceil(steps / 2 / UPDATES),
  });
}

function planOf(pruner: Pruning | undefined, epochs: number, perEpoch: number): Events['plan'] {
  const updates = pruner?.plan(epochs, perEpoch) ?? [];
  return {
    epochs,
    updates: updates.map(({batch, target}) => ({
      epoch: ((batch as number) + 1) / perEpoch,
      target: Number(target),
    })),
  };
}

/**
 * The batches of a run, in an order that depends on the seed only. Each epoch continues where the last one stopped, so that
 * all digits are used. The dense twin trains on each batch before the pruned network.
 */
class Batches {
  /** The time of the twin, in milliseconds. */
  twinTime = 0;
  twinLoss: number | undefined;
  readonly #mnist: Mnist;
  readonly #settings: Settings;
  readonly #network: Network | undefined;

  constructor(mnist: Mnist, settings: Settings, network: Network | undefined) {
    this.#mnist = mnist;
    this.#settings = settings;
    this.#network = network;
  }

  // The part of a dataset that fitDataset uses, without tfjs-data.
  async iterator(): Promise<{next(): Promise<{value: TensorContainer; done: boolean}>}> {
    const {digits, seed} = this.#settings;
    let order: number[] = [];
    let rounds = 0;
    let left = digits;
    return {
      next: async () => {
        const length = Math.min(BATCH, left);
        left = left > length ? left - length : digits;
        while (order.length < length) {
          order = order.concat(shuffled(TRAIN_DIGITS, seed * 1000 + rounds++));
        }
        const {x, y} = examples(this.#mnist.train, order.splice(0, length));
        if (this.#network) {
          const started = performance.now();
          this.twinLoss = (await this.#network.dense.trainOnBatch(x, y)) as number;
          this.twinTime += performance.now() - started;
        }
        return {value: {xs: x, ys: y}, done: false};
      },
    };
  }
}

/** Reports the run to the page, and lets the page control it. */
class Watcher extends Callback {
  readonly #run: Run;
  readonly #pruner: Pruning | undefined;
  readonly #batches: Batches;
  readonly #perEpoch: number;
  readonly #tickEvery: number;
  readonly #testEvery: number;
  readonly #begin: number;
  readonly #steps: number;
  #done = 0;
  #updates = 0;
  #since = 0;
  #sinceDone = 0;

  constructor(run: Run, pruner: Pruning | undefined, batches: Batches, perEpoch: number, steps: number) {
    super();
    this.#run = run;
    this.#pruner = pruner;
    this.#batches = batches;
    this.#perEpoch = perEpoch;
    this.#tickEvery = Math.max(1, Math.floor(steps / TICKS));
    this.#testEvery = Math.max(1, Math.floor(steps / TESTS));
    this.#begin = Math.floor(steps / 4);
    this.#steps = steps;
  }

  override async onTrainBegin(): Promise<void> {
    this.#since = performance.now();
  }

  override async onBatchEnd(_batch: number, logs: Logs = {}): Promise<void> {
    const {control, turns, traces, network, settings, show} = this.#run;
    this.#done++;
    const epoch = this.#done / this.#perEpoch;
    const updated = (this.#pruner?.results.length ?? 0) > this.#updates;
    if (updated) {
      this.#updates = this.#pruner?.results.length ?? 0;
      await traces.note(network.pruned, epoch);
    }
    const tested = this.#done % this.#testEvery === 0;
    if (updated || tested || this.#done % this.#tickEvery === 0) {
      await this.#tick(epoch, (logs as Record<string, unknown>).loss as Tensor, tested);
      await show();
    }
    if (this.#pruner && settings.twin !== 1 && this.#done === this.#begin) {
      // Without a twin, compare with the network before pruning.
      network.copyToDense();
    }
    const before = performance.now();
    await turns.pause(async () => {
      if (this.#done % this.#perEpoch === 0 && this.#done < this.#steps) {
        await control.epochEnd();
      }
      await yieldToMessages();
      await control.gate();
    });
    // Pauses do not count as training time.
    this.#since += performance.now() - before;
    if (control.stopped) {
      // fit of a Sequential runs on its inner model, which is this one.
      this.model.stopTraining = true;
    }
  }

  async #tick(epoch: number, lossTensor: Tensor, tested: boolean): Promise<void> {
    const [loss] = await lossTensor.data();
    const time = performance.now() - this.#since - this.#batches.twinTime;
    const tick: Tick = {
      epoch,
      loss,
      denseLoss: this.#batches.twinLoss,
      sparsity: this.#pruner?.results.at(-1)?.sparsity ?? this.#run.sparsity,
      step: time / (this.#done - this.#sinceDone),
    };
    if (tested) {
      const {accuracy, denseAccuracy} = await this.#run.test();
      tick.accuracy = accuracy;
      // Without a twin there is no dense network before pruning begins.
      tick.denseAccuracy =
        this.#run.settings.twin === 1 || this.#done >= this.#begin ? denseAccuracy : undefined;
    }
    this.#run.tell('tick', tick);
    this.#since = performance.now();
    this.#sinceDone = this.#done;
    this.#batches.twinTime = 0;
  }
}

/** Yields to messages of the page, which are macrotasks; fit itself never yields to those. */
function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

import type {Tensor} from '@tensorflow/tfjs-core';
import {Callback, type Logs} from '@tensorflow/tfjs-layers';
import type {Pruning} from 'tfjs-pruning/callbacks';
import type {Events, Tick} from '../protocol';
import type {Settings} from '../settings';
import type {Batches} from './batches';
import type {Control} from './control';
import type {Network} from './network';
import type {Traces} from './recipe';
import type {Turns} from './turns';
import {yieldToMessages} from './yield';

/** How often a run reports and is tested, if it is long enough. */
const TICKS = 100;
const TESTS = 20;

/** The parts of a run that its watcher needs. */
export interface Watched {
  network: Network;
  settings: Settings;
  /** The initial sparsity of the network. */
  sparsity: number;
  traces: Traces;
  control: Control;
  turns: Turns;
  tell<Name extends keyof Events>(event: Name, value: Events[Name]): void;
  /** Tests both networks, and returns the accuracies. */
  test(): Promise<{accuracy: number; denseAccuracy: number}>;
  /** Shows the current weights. */
  show(): Promise<void>;
}

/** Reports the run to the page, and lets the page control it. */
export class Watcher extends Callback {
  readonly #run: Watched;
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
  #ended = 0;
  #sinceDone = 0;

  constructor(run: Watched, pruner: Pruning | undefined, batches: Batches, perEpoch: number, steps: number) {
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

  /** The first of the callbacks of a run: it notes when a step has ended, before others prune and test. */
  readonly stopwatch = new (class extends Callback {
    constructor(readonly ended: () => void) {
      super();
    }

    override async onBatchEnd(): Promise<void> {
      this.ended();
    }
  })(() => {
    this.#ended = performance.now();
  });

  override async onBatchEnd(_batch: number, logs: Logs = {}): Promise<void> {
    const {control, turns, traces, network, settings, show} = this.#run;
    this.#done++;
    const epoch = this.#done / this.#perEpoch;
    const updated = (this.#pruner?.results.length ?? 0) > this.#updates;
    if (updated) {
      this.#updates = this.#pruner?.results.length ?? 0;
      await traces.note(network.pruned, epoch);
    }
    const tested = this.#done % this.#testEvery === 0 || this.#done === this.#steps;
    if (updated || tested || this.#done % this.#tickEvery === 0) {
      await this.#tick(epoch, (logs as Record<string, unknown>).loss as Tensor, tested);
      await show();
    }
    if (this.#pruner && settings.twin !== 1 && this.#done === this.#begin) {
      // Without a twin, compare with the network before pruning.
      network.copyToDense();
    }
    await turns.pause(async () => {
      if (this.#done % this.#perEpoch === 0 && this.#done < this.#steps) {
        await control.epochEnd();
      }
      await yieldToMessages();
      await control.gate();
    });
    // Only steps count as training time.
    this.#since += performance.now() - this.#ended;
    if (control.stopped) {
      // fit of a Sequential runs on its inner model, which is this one.
      this.model.stopTraining = true;
    }
  }

  async #tick(epoch: number, lossTensor: Tensor, tested: boolean): Promise<void> {
    const before = performance.now();
    // Waits for a graphics device.
    const [loss] = await lossTensor.data();
    const waited = performance.now() - before;
    const time = this.#ended - this.#since - this.#batches.otherTime + waited;
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
    this.#since = this.#ended;
    this.#sinceDone = this.#done;
    this.#batches.otherTime = 0;
  }
}

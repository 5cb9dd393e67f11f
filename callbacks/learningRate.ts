import type {Optimizer} from '@tensorflow/tfjs-core';
import type {Logs} from '@tensorflow/tfjs-layers';
import type {Schedule} from '../src/schedule';
import {ask, assertPart} from '../src/util/factory';
import {assertCount, assertNumber, assertOneOf, assertOptions, wrong} from '../src/util/options';
import type {Run} from './shared/plan';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {batchesIn, joinRun, type LastUpdate} from './shared/trainingRun';

/** Options for `learningRate`. */
export interface LearningRateOptions {
  /** The learning rate at each progress in [0, 1] from begin to end, such as `cosine({from: 1e-3, to: 1e-5})`. */
  schedule: Schedule;
  /** The unit of `begin` and `end`, and how often the rate changes: epochs (default), or batches over the callback's life. */
  unit?: 'epoch' | 'batch';
  /**
   * The epoch or batch until which the rate is that at progress 0; by default the first after the last update of `pruning` in
   * the same fit, and 0 without one.
   */
  begin?: number;
  /** The epoch or batch from which the rate is that at progress 1; the last of the run by default. */
  end?: number;
}

/** The state of `learningRate` to resume from. JSON can hold it. */
export interface LearningRateState {
  /** The number of batches that the callback has seen. */
  readonly batches: number;
}

/** An optimizer with the fields of those of tfjs. */
type WithRate = Optimizer & {learningRate?: number; setLearningRate?(rate: number): void};

/** The callback that `learningRate` returns. */
export class LearningRate extends TrainingCallback {
  readonly #options: LearningRateOptions;
  readonly #byBatch: boolean;
  #batches = 0;
  /** Where the rate changes in this run; undefined before its first epoch. */
  #span: {readonly begin: number; readonly end: number} | undefined;

  constructor(options: LearningRateOptions) {
    super('learningRate');
    assertOptions('learningRate', options, ['schedule', 'unit', 'begin', 'end']);
    const {schedule, unit = 'epoch', begin, end} = options;
    assertPart('learningRate', 'schedule', schedule);
    assertOneOf('learningRate', 'unit', unit, ['epoch', 'batch']);
    if (begin !== undefined) assertCount('learningRate', 'begin', begin, 0);
    if (end !== undefined) assertCount('learningRate', 'end', end, 0);
    if (begin !== undefined && end !== undefined) assertOrder(begin, end);
    this.#options = options;
    this.#byBatch = unit === 'batch';
  }

  /** Returns the state to resume from in another process. JSON can hold the state. */
  state(): LearningRateState {
    return {batches: this.#batches};
  }

  /** Resumes from a state. Call it before fit, and start fit at the `initialEpoch` that would have come next. */
  restore(state: LearningRateState): void {
    if (!Number.isInteger(state?.batches))
      throw wrong('learningRate', 'state', 'a state of learningRate()', state);
    this.#batches = state.batches;
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('learningRate', this);
    this.#span = undefined;
    const optimizer: WithRate = this.model.optimizer;
    if (typeof optimizer.learningRate !== 'number') {
      throw new Error(
        `learningRate: optimizer ${optimizer.getClassName()} has no learningRate; compile with one of tfjs, or give yours ` +
          'that field, which it reads in each step',
      );
    }
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.#span ??= this.#spanFrom(epoch);
    if (!this.#byBatch) this.#setRate(epoch);
  }

  override async onBatchBegin(): Promise<void> {
    if (this.#byBatch) this.#setRate(this.#batches);
  }

  override async onBatchEnd(): Promise<void> {
    this.#batches++;
    await super.onBatchEnd();
  }

  override async onEpochEnd(_: number, logs: Logs = {}): Promise<void> {
    logs.learningRate = (this.model.optimizer as WithRate).learningRate as number;
  }

  /** Where the rate changes in the run that begins with an epoch. @throws unless all rates are numbers from 0. */
  #spanFrom(epoch: number): {begin: number; end: number} {
    const {epochs} = this.params as Record<string, number>;
    const run = {epochs, batches: batchesIn(this.params), from: {epoch, batch: this.#batches}};
    const {begin = this.#afterPruning(run), end = this.#lastOf(run)} = this.#options;
    assertOrder(begin, end);
    for (let percent = 0; percent <= 100; percent++) this.#rateAt(percent / 100);
    if (begin > (this.#byBatch ? run.from.batch : epoch) && this.#rateAt(0) === 0) {
      throw new Error(
        `learningRate: the rate is 0 until ${this.#options.unit ?? 'epoch'} ${begin}, as the schedule begins with 0; give the ` +
          'schedule another start, as cosine({from: 1e-3, to: 1e-5})',
      );
    }
    return {begin, end};
  }

  /** The first epoch or batch after the last update of the masks; 0 if none is planned. */
  #afterPruning(run: Run): number {
    const times = joinRun(this.model).lastUpdates.map((last) => this.#timeAfter(last(run.from.epoch), run));
    return Math.max(0, ...times);
  }

  #timeAfter({unit, time}: LastUpdate, {batches, from}: Run): number {
    if (unit === 'epoch' && !this.#byBatch) return time + 1;
    if (unit === 'batch' && this.#byBatch) return from.batch + time + 1;
    if (batches === undefined) {
      throw new Error(`learningRate: the number of batches is not known here, so give \`begin\``);
    }
    return this.#byBatch
      ? from.batch + (time + 1 - from.epoch) * batches
      : from.epoch + Math.ceil((time + 1) / batches);
  }

  #lastOf({epochs, batches, from}: Run): number {
    if (!this.#byBatch) return epochs - 1;
    if (batches === undefined) {
      throw new Error('learningRate: the number of batches is not known here, so give `end`');
    }
    return from.batch + (epochs - from.epoch) * batches - 1;
  }

  #rateAt(progress: number): number {
    const rate = ask('learningRate', 'schedule', this.#options.schedule, progress);
    const what = 'a number from 0';
    const isRate = (x: number) => x >= 0 && x < Number.POSITIVE_INFINITY;
    assertNumber('learningRate', `the schedule at progress ${progress}`, rate, what, isRate);
    return rate;
  }

  /** Sets the rate of an epoch or batch. */
  #setRate(time: number): void {
    const {begin, end} = this.#span as {begin: number; end: number};
    const progress = time < begin ? 0 : time >= end ? 1 : (time - begin) / (end - begin);
    const rate = this.#rateAt(progress);
    const optimizer: WithRate = this.model.optimizer;
    if (rate === optimizer.learningRate) return;
    // SGD and momentum compute with a tensor of it.
    if (optimizer.setLearningRate !== undefined) optimizer.setLearningRate(rate);
    else optimizer.learningRate = rate;
  }
}

function assertOrder(begin: number, end: number): void {
  if (begin > end) {
    throw new Error(
      `learningRate: begin ${begin}, by default after the last update of pruning, is after end ${end}, by default the end of ` +
        'the run; give both, or end pruning earlier',
    );
  }
}

/**
 * A callback for fit and fitDataset that sets the learning rate of any tfjs optimizer by a schedule. Beside `pruning` it holds the
 * rate until the masks are final by default, since weights recover from each update at a high rate, and decays it then.
 * It adds `learningRate`, the last rate of the epoch, to the logs and the history. The optimizer keeps its last rate after fit.
 *
 * formula: rate = schedule(0) until begin, schedule((t − begin) / (end − begin)) at epoch or batch t, schedule(1) from end on
 *
 * @returns the callback, with the state to resume from.
 * @throws on bad options; before the first batch if the optimizer has no rate, if a rate is not a number from 0, if the rate is
 *   0 until begin, or if begin is after end.
 * @see Renda, Frankle, Carbin: Comparing Rewinding and Fine-tuning in Neural Network Pruning, 2020, for high rates after
 *   pruning; Loshchilov, Hutter: SGDR: Stochastic Gradient Descent with Warm Restarts, 2017, for cosines.
 * @example learningRate({schedule: cosine({from: 1e-3, to: 1e-5}), unit: 'batch'})
 * @function
 */
export const learningRate = /* @__PURE__ */ callbackFactory(
  'learningRate',
  (options: LearningRateOptions): LearningRate => new LearningRate(options),
);

import type {LayersModel, Logs} from '@tensorflow/tfjs-layers';
import {resetStored} from '../src/model/mask';
import {maskedIn, readPrunable} from '../src/model/network';
import {pruneFor} from '../src/prune';
import type {Pruned} from '../src/pruned';
import type {Recipe} from '../src/recipe';
import type {Sums} from '../src/statistics/sums';
import type {Target} from '../src/target';
import {describe} from '../src/util/describe';
import {choose} from '../src/where';
import {Collector} from './shared/collector';
import {type PlannedUpdate, type Run, spanOf, updatesOf} from './shared/plan';
import {type PruningOptions, parsePruning, type Timing} from './shared/pruningOptions';
import {assertSameModel, signatureOf} from './shared/signature';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {tryRecipe} from './shared/tryRecipe';
import {announceUpdates, logSparsity, tellUpdate} from './shared/updates';

/** How many results are kept. */
const LATEST = 1000;

/** What `state` gives and `restore` takes; JSON can hold it. */
export interface PruningState {
  /** The weights of the model, to know it again. */
  readonly weights: readonly string[];
  readonly batches: number;
  /** What was collected for the next update. */
  readonly statistics?: readonly Sums<string>[];
}

/** The callback that `pruning` makes. */
export class Pruning extends TrainingCallback {
  /** What each update asked for and reached, in order; of more than 1,000 the latest. */
  readonly results: Pruned[] = [];
  readonly #timing: Timing;
  readonly #recipe: Recipe;
  readonly #collector: Collector;
  readonly #byBatch: boolean;
  /** Whether statistics of one epoch may count in the next. */
  readonly #spansEpochs: boolean;
  #updates = new Map<number, PlannedUpdate>();
  #end = 0;
  #firstEpoch: number | undefined;
  #epoch = 0;
  #firstBatch = 0;
  #batches = 0;
  #known: number | undefined;
  #restored: readonly string[] | undefined;
  /** Whether this training goes on from a state, and the model of the one before. */
  #resumes = false;
  #before: LayersModel | undefined;

  constructor(options: PruningOptions) {
    super('pruning');
    const {timing, collect, recipe} = parsePruning(options);
    this.#timing = timing;
    this.#recipe = recipe;
    this.#byBatch = timing.unit === 'batch';
    this.#collector = new Collector('pruning', recipe, collect);
    this.#spansEpochs = this.#byBatch || collect?.decay !== undefined;
  }

  /**
   * All that it takes to go on in another process, with the model saved at the same time with its optimizer: how many
   * batches it has seen, and the statistics collected for the next update. JSON can hold it.
   *
   * @throws in the middle of an epoch if statistics would be lost.
   */
  state(): PruningState {
    const weights = this.model ? signatureOf(readPrunable('pruning', this.model)) : [];
    return {weights, batches: this.#batches, statistics: this.#collector.toJson()};
  }

  /**
   * Goes on from a state; call it before fit, which is to start at the `initialEpoch` that would have come next, with
   * the model saved at the same time with its optimizer. Where the last update was made already, the model goes on to
   * recover.
   *
   * @throws unless it is a state; before the first batch if it is one of another model or another recipe.
   */
  restore(state: PruningState): void {
    if (!Array.isArray(state?.weights) || !Number.isInteger(state.batches)) {
      throw new Error(`pruning: this is no state of it, got ${describe(state)}`);
    }
    this.#batches = state.batches;
    this.#restored = state.weights;
    this.#collector.restore(state.statistics);
  }

  /**
   * What would happen in a run.
   *
   * @param epochs The number of epochs, as given to fit.
   * @param batches How many batches an epoch has; needed if masks are updated by batches.
   * @param from Where the run starts: fit's `initialEpoch`, and the batches that the callback has seen.
   * @throws if nothing would happen, if the end is past the last epoch, or if the schedule gives no target.
   */
  plan(epochs: number, batches?: number, from = {epoch: 0, batch: 0}): PlannedUpdate[] {
    return updatesOf(this.#timing, {epochs, batches, from});
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('pruning', this);
    const network = readPrunable('pruning', this.model);
    const chosen = choose(network, this.#recipe.where, this.#recipe.pattern);
    if (this.#restored !== undefined) assertSameModel(network, this.#restored);
    this.#resumes = this.#restored !== undefined;
    this.#restored = undefined;
    announceUpdates(this.model);
    this.#firstEpoch = undefined;
    this.#firstBatch = this.#batches;
    this.#collector.begin(network, chosen);
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    // Only now is it known where the run starts; fitDataset does not tell before.
    if (this.#firstEpoch === undefined) await this.#start(epoch);
    this.#epoch = epoch;
    if (!this.#byBatch) this.#collector.restart(this.#updates.has(epoch));
  }

  override async onBatchEnd(): Promise<void> {
    if (this.#spansEpochs && (this.#byBatch ? this.#batches < this.#end : this.#epoch <= this.#end))
      this.#collector.countBatch();
    if (this.#byBatch) await this.#update(this.#batches);
    this.#batches++;
    await super.onBatchEnd();
  }

  override async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    const seen = this.#batches - this.#firstBatch;
    if (!this.#byBatch) {
      await this.#update(epoch);
    } else if (epoch === this.#firstEpoch && seen !== this.#known && !this.model.stopTraining) {
      // A dataset of unknown size has told it by now, and so whether the plan reaches into this run.
      this.#prepare(seen);
    }
    const network = readPrunable('pruning', this.model);
    resetStored(maskedIn(network));
    const time = this.#byBatch ? this.#batches - 1 : epoch;
    await this.#collector.save(this.#spansEpochs && time < this.#end);
    await logSparsity(network, logs);
  }

  /** Plans the run, and tries what can go wrong in it. */
  async #start(epoch: number): Promise<void> {
    this.#firstEpoch = epoch;
    // An instance counts batches over its life; epochs go on where fit continues.
    this.#resumes ||= this.#before === this.model && (this.#byBatch || epoch > 0);
    const {samples, batchSize, steps} = this.params as {[name: string]: number | null};
    this.#known = steps ?? (samples && batchSize ? Math.ceil(samples / batchSize) : undefined);
    this.#prepare(this.#known);
    const targets = targetsToTry([...this.#updates.values()]);
    if (this.#before !== this.model)
      await tryRecipe(readPrunable('pruning', this.model), this.#recipe, targets);
    this.#before = this.model;
    this.#collector.goOn(this.#resumes);
  }

  #prepare(batches: number | undefined): void {
    const from = {epoch: this.#firstEpoch as number, batch: this.#firstBatch};
    const run: Run = {epochs: this.params.epochs as number, batches, from};
    const {end, first} = spanOf(this.#timing, run);
    // What goes on after the last update only recovers.
    const updates = this.#resumes && first > end ? [] : updatesOf(this.#timing, run);
    this.#updates = new Map(updates.map((update) => [(update.batch ?? update.epoch) as number, update]));
    this.#end = end;
  }

  async #update(time: number): Promise<void> {
    const update = this.#updates.get(time);
    if (update === undefined) return;
    const statistics = await this.#collector.results();
    const result = await pruneFor('pruning', this.model, update.target, {...this.#recipe, statistics});
    this.results.push(result);
    if (this.results.length > LATEST) this.results.shift();
    tellUpdate(this.model, result);
    this.#collector.restart(this.#byBatch && time < this.#end);
  }
}

/** Of the targets of a plan those that may fail: the thresholds and counts at its ends, else any number. */
function targetsToTry(updates: readonly PlannedUpdate[]): Target[] {
  const ends = updates.filter((_, i) => i === 0 || i === updates.length - 1).map(({target}) => target);
  const others = ends.filter((target) => typeof target !== 'number');
  return others.length > 0 ? others : ends.slice(-1);
}

/**
 * A callback for fit and fitDataset that prunes as a schedule says, so that the training in between and after
 * recovers what was lost. It adds `sparsity`, the share of masked elements after the epoch, to the logs and so to
 * the history; the `val_*` of the same epoch were measured before the update at its end.
 *
 * @throws on bad options at once; before the first batch if nothing would be pruned, if the end is past the last
 *   epoch, if the schedule gives no target, or if the model has nothing to prune.
 */
export const pruning = /* @__PURE__ */ callbackFactory(
  'pruning',
  (options: PruningOptions): Pruning => new Pruning(options),
);

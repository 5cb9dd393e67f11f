import type {LayersModel, Logs} from '@tensorflow/tfjs-layers';
import {resetStored} from '../src/model/mask';
import {maskedIn, readPrunable} from '../src/model/network';
import type {Pruned} from '../src/pruned';
import type {Recipe} from '../src/recipe';
import {wrong} from '../src/util/options';
import {lastUpdate, type Plan, type PlannedUpdate, planFor, type Run, targetsToTry} from './shared/plan';
import {Pruner, type PrunerState} from './shared/pruner';
import {type PruningOptions, parsePruning, type Timing} from './shared/pruningOptions';
import type {SplicedStates, Splicing} from './shared/splicing';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {batchesIn, joinRun, type LastUpdate} from './shared/trainingRun';
import {tryTargets} from './shared/tryTargets';
import {logSparsity} from './shared/updates';

/** How many results are kept. */
const LATEST = 1000;

/** The state of `pruning` to resume from. JSON can hold it. */
export interface PruningState extends PrunerState {
  /** The number of batches that the callback has seen. */
  readonly batches: number;
  /** With `splice` the weights whose pruned elements may return, by name; empty once masks are final. */
  readonly spliced?: SplicedStates;
}

/** The callback that `pruning` returns. */
export class Pruning extends TrainingCallback {
  /** The result of each update, in order; the latest 1,000. */
  readonly results: Pruned[] = [];
  readonly #timing: Timing;
  readonly #pruner: Pruner;
  /** With `splice`. */
  readonly #margin: number | undefined;
  #splicing: Splicing | undefined;
  #spliced: SplicedStates = {};
  readonly #byBatch: boolean;
  /** Whether statistics from one epoch may count in the next. */
  readonly #spansEpochs: boolean;
  /** The run of fit, which begins with its first epoch: fitDataset does not state it before. */
  #run: Run | undefined;
  #plan: Plan = {updates: new Map(), end: 0};
  #epoch = 0;
  #batches = 0;
  /** Whether this training continues an earlier one, and the model of the earlier one. */
  #resumes = false;
  #lastModel: LayersModel | undefined;

  constructor(options: PruningOptions) {
    super('pruning');
    const {timing, collect, recipe, margin} = parsePruning(options);
    this.#timing = timing;
    this.#pruner = new Pruner('pruning', recipe, collect);
    this.#margin = margin;
    this.#byBatch = timing.unit === 'batch';
    this.#spansEpochs = this.#byBatch || collect?.decay !== undefined;
  }

  /**
   * Returns the state to resume from in another process: the number of batches seen, and the statistics collected for the
   * next update. Save the model with its optimizer at the same time. JSON can hold the state.
   *
   * @throws in the middle of an epoch if statistics would be lost.
   */
  state(): PruningState {
    return {
      ...this.#pruner.state(this.model),
      batches: this.#batches,
      ...(this.#margin !== undefined && {spliced: this.#splicing?.state() ?? this.#spliced}),
    };
  }

  /**
   * Resumes from a state. Call it before fit, with the model saved at the same time as the state, and start fit at the
   * `initialEpoch` that would have come next. After the last update the model only recovers.
   *
   * @throws unless it is a state; before the first batch if it belongs to another model or recipe.
   */
  restore(state: PruningState): void {
    if (!Array.isArray(state?.weights) || !Number.isInteger(state.batches)) {
      throw wrong('pruning', 'state', 'a state of pruning()', state);
    }
    this.#batches = state.batches;
    this.#pruner.restore(state);
    this.#splicing = undefined;
    this.#spliced = state.spliced ?? {};
  }

  /**
   * Lists a run's updates.
   *
   * @param epochs The number of epochs, as given to fit.
   * @param batches The number of batches per epoch; required if masks are updated by batches.
   * @param from Where the run starts: the `initialEpoch` of fit, and the number of batches that the callback has seen.
   * @throws if the run has no updates, if the end is past the last epoch, or if the schedule returns no target.
   */
  plan(epochs: number, batches?: number, from = {epoch: 0, batch: 0}): PlannedUpdate[] {
    return [...planFor(this.#timing, {epochs, batches, from}).updates.values()];
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('pruning', this);
    this.#resumes = this.#pruner.begin(readPrunable('pruning', this.model));
    this.#run = undefined;
    joinRun(this.model).lastUpdates.push((epoch) => this.#lastUpdate(epoch));
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    if (this.#run === undefined) await this.#start(epoch);
    this.#epoch = epoch;
    if (!this.#byBatch) this.#pruner.collector?.startWindow(this.#plan.updates.has(epoch));
  }

  override async onBatchEnd(): Promise<void> {
    const time = this.#byBatch ? this.#batches + 1 : this.#epoch;
    if (this.#spansEpochs && time <= this.#plan.end) this.#pruner.collector?.countBatch();
    if (this.#byBatch) await this.#update(this.#batches);
    this.#batches++;
    await super.onBatchEnd();
  }

  override async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    if (this.#byBatch) this.#planKnownRun(epoch);
    else await this.#update(epoch);
    const network = readPrunable('pruning', this.model);
    resetStored(maskedIn(network));
    const time = this.#byBatch ? this.#batches - 1 : epoch;
    await this.#pruner.collector?.save(this.#spansEpochs && time < this.#plan.end);
    this.#spliced = (await this.#splicing?.save(time < this.#plan.end)) ?? {};
    await logSparsity(network, logs);
  }

  /** The run that begins with an epoch. */
  #runFrom(epoch: number): Run {
    const {epochs} = this.params as Record<string, number>;
    return {epochs, batches: batchesIn(this.params), from: {epoch, batch: this.#batches}};
  }

  #lastUpdate(epoch: number): LastUpdate {
    const run = this.#run ?? this.#runFrom(epoch);
    const end = lastUpdate(this.#timing, run);
    return {unit: this.#timing.unit, time: this.#byBatch ? end - run.from.batch : end};
  }

  /** Plans the run, and tries its targets. */
  async #start(epoch: number): Promise<void> {
    this.#run = this.#runFrom(epoch);
    // An instance counts batches over its life; epochs continue where fit continues.
    const isSameModel = this.#lastModel === this.model;
    this.#resumes ||= isSameModel && (this.#byBatch || epoch > 0);
    this.#plan = planFor(this.#timing, this.#run, this.#resumes);
    const {recipe, collector} = this.#pruner;
    if (!isSameModel) {
      await tryTargets(readPrunable('pruning', this.model), recipe, targetsToTry(this.#plan));
    }
    this.#lastModel = this.model;
    collector?.resume(this.#resumes);
    // Without updates to come, masks are final.
    if (this.#margin !== undefined && this.#plan.updates.size > 0) await this.#splice(recipe, this.#margin);
  }

  /** Lets pruned weights return until the last update. */
  async #splice(recipe: Recipe, margin: number): Promise<void> {
    const {Splicing} = await import('./shared/splicing');
    const splicing = new Splicing('pruning', margin);
    await splicing.open(readPrunable('pruning', this.model), recipe, this.#resumes ? this.#spliced : {});
    joinRun(this.model).cleanups.push(() => splicing.close());
    this.#splicing = splicing;
  }

  /** Plans again after the first epoch on a dataset of unknown size, which may be too short for any update. */
  #planKnownRun(epoch: number): void {
    const run = this.#run as Run;
    const batches = this.#batches - run.from.batch;
    if (epoch === run.from.epoch && batches !== run.batches && !this.model.stopTraining) {
      this.#plan = planFor(this.#timing, {...run, batches}, this.#resumes);
    }
  }

  async #update(time: number): Promise<void> {
    const update = this.#plan.updates.get(time);
    if (update === undefined) return;
    this.results.push(await this.#pruner.prune(this.model, update.target, this.#splicing));
    if (this.results.length > LATEST) this.results.shift();
    this.#pruner.collector?.startWindow(this.#byBatch && time < this.#plan.end);
    if (time >= this.#plan.end) this.#splicing?.close();
  }
}

/**
 * A callback for fit and fitDataset that prunes by a schedule, so that training recovers accuracy between and after the
 * updates. It adds `sparsity`, the share of masked elements after the epoch, to the logs and the history. An epoch's `val_*`
 * metrics are measured before the update at its end.
 *
 * @returns the callback, with the `results` of its updates and the state to resume from.
 * @throws on bad options; before the first batch if nothing would be pruned, if the end is past the last epoch, if the
 *   schedule returns no target, or if the model has nothing to prune.
 * @example
 * const pruner = pruning({schedule: polynomial({to: 0.9}), begin: 1, end: 5});
 * await model.fit(x, y, {epochs: 8, callbacks: [pruner]});
 * @function
 */
export const pruning = /* @__PURE__ */ callbackFactory(
  'pruning',
  (options: PruningOptions): Pruning => new Pruning(options),
);

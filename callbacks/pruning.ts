import type {Logs} from '@tensorflow/tfjs-layers';
import {assertPart, attempt} from '../src/factory';
import {resetStored} from '../src/mask';
import {assertOptions} from '../src/options';
import {pruneFor} from '../src/prune';
import type {Pruned} from '../src/pruned';
import {assertRecipe, assertTarget, type Recipe, recipeOptions, type Target} from '../src/recipe';
import type {Schedule} from '../src/schedule';
import {assertCollect, type Collection, type CollectOptions} from '../src/statistics/collect';
import {describe} from '../src/tfjs';
import {maskedIn, prunableWeights} from '../src/weight';
import {choose} from '../src/where';
import {collectFor} from './collectFor';
import {progressAt, threeQuarters, updatesIn} from './plan';
import {assertSameModel, signatureOf} from './signature';
import {assertInstance, callbackFactory, TrainingCallback, whenTrainingEnds} from './trainingCallback';
import {tryRecipe} from './tryRecipe';
import {announceUpdates, logSparsity, tellUpdate} from './updates';

export interface PruningOptions extends Recipe {
  /** The target at each progress in [0, 1], as `polynomial({to: 0.9})`. */
  schedule: Schedule<Target>;
  /** What `begin`, `end` and `every` count: epochs, as fit numbers them, or batches over the callback's life. */
  unit?: 'epoch' | 'batch';
  /** The epoch or batch after which masks are updated first; 0 by default. */
  begin?: number;
  /** The epoch or batch after which they are updated last; by default at three quarters of the run. */
  end?: number;
  /** How many epochs or batches lie between updates; 1 by default. */
  every?: number;
  /**
   * How the statistics are collected that the importance needs, unless `statistics` gives them: over the epoch at whose
   * end masks are updated, or the batches since the last update, or with a `decay` in (0, 1) over the whole run, where
   * what was seen counts `decay` times as much a batch later. `steps` limits which of a recurrent layer count.
   */
  collect?: CollectOptions;
}

/** One update of the masks to come. */
export interface PlannedUpdate {
  /** The epoch in which it is, or at whose end; undefined where the number of batches is not known. */
  readonly epoch: number | undefined;
  /** The batch after which it is; undefined for updates by epochs. */
  readonly batch: number | undefined;
  /** How far it is from begin to end, in [0, 1]. */
  readonly progress: number;
  readonly target: Target;
}

/** What `state` gives and `restore` takes. */
export interface PruningState {
  /** The weights of the model, to know it again. */
  readonly weights: readonly string[];
  readonly batches: number;
}

/** The callback that `pruning` makes. */
export class Pruning extends TrainingCallback {
  /** What each update asked for and reached, in order. */
  readonly results: Pruned[] = [];
  readonly #options: PruningOptions;
  readonly #recipe: Recipe;
  #updates = new Map<number, PlannedUpdate>();
  #collection: Collection | undefined;
  #firstEpoch: number | undefined;
  #firstBatch = 0;
  #batches = 0;
  #restored: readonly string[] | undefined;

  constructor(options: PruningOptions) {
    super('pruning');
    assertOptions('pruning', options, [
      'schedule',
      'unit',
      'begin',
      'end',
      'every',
      'collect',
      ...recipeOptions,
    ]);
    const {schedule, unit, begin, end, every, collect, ...recipe} = options;
    assertRecipe('pruning', recipe);
    assertCollect('pruning', collect);
    assertPart('pruning', 'schedule', schedule);
    if (unit !== undefined && unit !== 'epoch' && unit !== 'batch') {
      throw new Error(`pruning: unit must be 'epoch' or 'batch', got ${describe(unit)}`);
    }
    for (const [name, value, least] of [
      ['begin', begin, 0],
      ['end', end, 0],
      ['every', every, 1],
    ] as const) {
      if (value !== undefined && !(Number.isInteger(value) && value >= least)) {
        throw new Error(`pruning: ${name} must be a whole number from ${least}, got ${describe(value)}`);
      }
    }
    if (begin !== undefined && end !== undefined && begin > end) {
      throw new Error(`pruning: begin ${begin} is after end ${end}`);
    }
    this.#options = options;
    this.#recipe = recipe;
  }

  /** What it takes to go on in another process: how many batches it has seen. JSON can hold it. */
  state(): PruningState {
    return {weights: this.model ? signatureOf(this.model) : [], batches: this.#batches};
  }

  /**
   * Goes on from a state; call it before fit, which is to start at the `initialEpoch` that would have come next, with
   * the model saved at the same time with its optimizer.
   *
   * @throws unless it is a state; before the first batch if it is one of another model.
   */
  restore(state: PruningState): void {
    if (!Array.isArray(state?.weights) || !Number.isInteger(state.batches)) {
      throw new Error(`pruning: this is no state of it, got ${describe(state)}`);
    }
    this.#batches = state.batches;
    this.#restored = state.weights;
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
    const {schedule, unit = 'epoch', begin = 0, every = 1} = this.#options;
    const byEpoch = unit === 'epoch';
    const first = byEpoch ? from.epoch : from.batch;
    const stop = byEpoch
      ? epochs
      : from.batch + (epochs - from.epoch) * (batches ?? Number.POSITIVE_INFINITY);
    const end = this.#options.end ?? threeQuarters(stop);
    if (end === Number.POSITIVE_INFINITY) {
      throw new Error('pruning: the number of batches is not known here, so give `end`');
    }
    if (begin > end) {
      throw new Error(`pruning: begin ${begin} is after end ${end}, three quarters of the run; give \`end\``);
    }
    if (byEpoch && end >= stop) {
      throw new Error(`pruning: end ${end} is past the last epoch, ${stop - 1}`);
    }
    const times = updatesIn({begin, end, every}, first, stop);
    if (times.length === 0) {
      throw new Error(
        `pruning: nothing would be pruned, as the ${byEpoch ? 'epochs' : 'batches'} from ${begin} to ${end} are not among ` +
          `those of this run, ${first} to ${stop - 1}`,
      );
    }
    return times.map((time) => {
      const progress = progressAt(time, {begin, end, every});
      const target = attempt('pruning', 'schedule', schedule, progress);
      assertTarget(`pruning: the schedule at progress ${progress}`, target);
      const epoch = byEpoch ? time : batches && from.epoch + Math.floor((time - from.batch) / batches);
      return {epoch, batch: byEpoch ? undefined : time, progress, target};
    });
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('pruning', this);
    const weights = prunableWeights(this.model, 'pruning');
    const {where, pattern} = this.#recipe;
    const chosen = choose('pruning', this.model, weights, where, pattern);
    if (this.#restored !== undefined) assertSameModel('pruning', this.model, this.#restored);
    this.#restored = undefined;
    announceUpdates(this.model);
    this.#firstEpoch = undefined;
    this.#firstBatch = this.#batches;
    const collection = collectFor(this.model, this.#recipe, chosen, this.#options.collect);
    this.#collection = collection;
    if (collection !== undefined) whenTrainingEnds(this.model, collection.stop);
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    // Only now is it known where the run starts; fitDataset does not tell before.
    if (this.#firstEpoch === undefined) {
      this.#firstEpoch = epoch;
      const {samples, batchSize, steps} = this.params as {[name: string]: number | null};
      this.#prepare(steps ?? (samples && batchSize ? Math.ceil(samples / batchSize) : undefined));
      await tryRecipe('pruning', this.model, this.#recipe, tried([...this.#updates.values()]));
    }
    if (this.#options.unit !== 'batch') {
      this.#collect(this.#updates.has(epoch));
    }
  }

  override async onBatchEnd(): Promise<void> {
    if (this.#options.unit === 'batch') {
      await this.#update(this.#batches);
    }
    this.#batches++;
    await super.onBatchEnd();
  }

  override async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    if (this.#options.unit !== 'batch') {
      await this.#update(epoch);
    } else if (epoch === this.#firstEpoch && !this.model.stopTraining) {
      // A dataset of unknown size has told it by now, and so whether the plan reaches into this run.
      this.#prepare(this.#batches - this.#firstBatch);
    }
    resetStored(maskedIn(this.model));
    await logSparsity(this.model, logs);
  }

  #prepare(batches: number | undefined): void {
    const from = {epoch: this.#firstEpoch as number, batch: this.#firstBatch};
    const updates = this.plan(this.params.epochs as number, batches, from);
    this.#updates = new Map(updates.map((update) => [(update.batch ?? update.epoch) as number, update]));
  }

  /** Starts a window of statistics, unless there is one over the whole run, or ends it. */
  #collect(active: boolean): void {
    if (this.#collection !== undefined && this.#options.collect?.decay === undefined) {
      this.#collection.active = active;
      this.#collection.reset();
    }
  }

  async #update(time: number): Promise<void> {
    const update = this.#updates.get(time);
    if (update !== undefined) {
      const statistics = (await this.#collection?.results()) ?? this.#recipe.statistics;
      const result = await pruneFor('pruning', this.model, update.target, {...this.#recipe, statistics});
      this.results.push(result);
      tellUpdate(this.model, result);
      this.#collect(this.#options.unit === 'batch' && time < Math.max(...this.#updates.keys()));
    }
  }
}

/** Of the targets of a plan those that may fail: the thresholds at its ends, else any number. */
function tried(updates: readonly PlannedUpdate[]): Target[] {
  const ends = [updates[0], updates[updates.length - 1]].map(({target}) => target);
  const thresholds = ends.filter((target) => typeof target === 'function');
  return thresholds.length > 0 ? thresholds : ends.slice(1);
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

import type {Logs} from '@tensorflow/tfjs-layers';
import {resetStored} from '../src/model/mask';
import {maskedIn, readPrunable} from '../src/model/network';
import {
  restoreSnapshot,
  type Snapshot,
  snapshotFromJson,
  snapshotToJson,
  takeSnapshot,
} from '../src/model/snapshot';
import {pruneFor} from '../src/prune';
import type {Recipe} from '../src/recipe';
import {choose} from '../src/where';
import {evaluationsOf} from './evaluation';
import {type Budget, budget, nextSparsity, shareOf} from './iterativePruning/budget';
import {baselineError, monitored, onTraining} from './iterativePruning/monitor';
import {type Loop, type LoopOptions, parseLoop} from './iterativePruning/options';
import {type IterativePruningState, initialState, type Round} from './iterativePruning/state';
import {figureOf, type Validation, watchValidation} from './iterativePruning/validation';
import {Collector} from './shared/collector';
import {assertSameModel, signatureOf} from './shared/signature';
import {assertInstance, callbackFactory, TrainingCallback, whenTrainingEnds} from './shared/trainingCallback';
import {tryRecipe} from './shared/tryRecipe';
import {announceUpdates, logSparsity, tellUpdate} from './shared/updates';

export interface IterativePruningOptions extends LoopOptions, Recipe {}

/** The callback that `iterativePruning` makes. */
export class IterativePruning extends TrainingCallback {
  readonly #options: Loop;
  readonly #recipe: Recipe;
  /** The options with the figure to go by, which is known from the first epoch on. */
  #loop!: Loop & {monitor: string};
  #budget!: Budget;
  readonly #collector: Collector;
  #state: Omit<IterativePruningState, 'accepted' | 'weights' | 'statistics'> = initialState;
  #restored: readonly string[] | undefined;
  #accepted: Snapshot | undefined;
  #begun = false;
  #validation: Validation | undefined;

  constructor(options: IterativePruningOptions = {}) {
    super('iterativePruning');
    const {loop, recipe} = parseLoop('iterativePruning', options);
    this.#options = loop;
    this.#recipe = recipe;
    this.#collector = new Collector('iterativePruning', recipe, loop.collect);
  }

  /** The rounds so far, of which the last may be under way. */
  get rounds(): readonly Round[] {
    return this.#state.rounds;
  }

  /**
   * All that it takes to go on in another process, with the model saved at the same time with its optimizer.
   *
   * @throws in the middle of an epoch if statistics would be lost, as with `collect: {decay}`.
   */
  state(): IterativePruningState {
    return {
      ...this.#state,
      weights: this.model ? signatureOf(readPrunable('iterativePruning', this.model)) : [],
      accepted: this.#accepted ? snapshotToJson(this.#accepted) : null,
      statistics: this.#collector.toJson(),
    };
  }

  /** Goes on from a state; call it before fit, which is to start at the `initialEpoch` that would have come next. */
  restore(state: IterativePruningState): void {
    const {weights, accepted, statistics, ...rest} = state ?? {};
    const missing = Object.keys(initialState).find((key) => !(key in (state ?? {})));
    if (missing !== undefined || !Array.isArray(weights)) {
      throw new Error(`iterativePruning: this is no state of it, as ${missing ?? 'weights'} is missing`);
    }
    this.#state = rest;
    this.#restored = weights;
    this.#collector.restore(statistics);
    this.#accepted = accepted ? snapshotFromJson(accepted) : undefined;
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('iterativePruning', this);
    const {model} = this;
    const network = readPrunable('iterativePruning', model);
    const chosen = choose(network, this.#recipe.where, this.#recipe.pattern);
    await tryRecipe(network, this.#recipe, [
      Math.min(this.#options.sparsity, nextSparsity(0, this.#options.step, 1)),
    ]);
    this.#begun = false;
    const resumes = this.#restored !== undefined;
    if (this.#restored === undefined) {
      this.#state = initialState;
      this.#accepted = undefined;
    } else {
      assertSameModel(network, this.#restored);
    }
    this.#restored = undefined;
    announceUpdates(model);
    const {samples} = this.params as {samples: number | null};
    const validation = watchValidation(model, samples == null);
    this.#validation = validation;
    this.#collector.begin(network, chosen);
    whenTrainingEnds(model, () => {
      validation.stop();
      // A cut still on trial is not accepted, however fit ended; a run that goes on makes it again.
      if (this.#accepted !== undefined && this.#state.left > 0) {
        restoreSnapshot(model, this.#accepted);
        this.#state = {...this.#state, left: 0, due: true, rounds: this.#state.rounds.slice(0, -1)};
      }
      this.#accepted = undefined;
    });
    this.#collector.goOn(resumes);
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    if (!this.#begun) {
      this.#choose();
      // With statistics it has to see an epoch first, here or where it was interrupted.
      const isInformed = !this.#collector.isNeeded || this.#collector.hasSaved;
      if (this.#state.due && isInformed) await this.#advance(epoch - 1);
    }
    this.#begun = true;
    this.#collector.restart();
  }

  /** Chooses the figure to go by; only now all evaluations are known. */
  #choose(): void {
    const {metrics = []} = this.params as {metrics?: unknown};
    const known = [...(metrics as string[]), ...evaluationsOf(this.model).flatMap(({names}) => names)];
    const goal = monitored('iterativePruning', this.#options, known, this.model.outputs.length);
    this.#loop = {...this.#options, ...goal};
    this.#budget = budget(goal.mode, this.#loop.maxDrop, this.#loop.level);
  }

  override async onBatchEnd(): Promise<void> {
    if (this.#options.collect.decay !== undefined) this.#collector.countBatch();
    await super.onBatchEnd();
  }

  override async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    const network = readPrunable('iterativePruning', this.model);
    resetStored(maskedIn(network));
    // Wherever an evaluation stands in the list, its figures are needed now.
    for (const evaluation of evaluationsOf(this.model)) await evaluation.write(logs);
    const value = await figureOf(logs, this.#loop.monitor);
    const logged = {before: Number.NaN, cut: Number.NaN, recovered: Number.NaN, accepted: 0};
    if (this.#isReady(epoch, value)) {
      const decided = this.#state.left > 0 ? this.#judge(value) : undefined;
      if (this.#state.left === 0) await this.#advance(epoch, logs);
      const [last] = this.#state.rounds.slice(-1);
      Object.assign(logged, decided, last?.epoch === epoch && {before: last.before, cut: last.cut});
    }
    await this.#collector.save(this.#loop.collect.decay !== undefined || this.#state.due);
    Object.assign(logs, logged);
    await logSparsity(network, logs);
  }

  /** Whether there is a baseline by now. */
  #isReady(epoch: number, value: number): boolean {
    const {baseline: asked, begin, level, monitor} = this.#loop;
    const {baseline, best} = this.#state;
    if (baseline !== null) return true;
    const found = best === null || this.#budget.isBetter(value, best) ? value : best;
    const isReached = asked === undefined ? epoch >= begin : !this.#budget.isBetter(asked, found);
    this.#state = {...this.#state, best: Number.isNaN(found) ? best : found};
    if (Number.isNaN(found) || !isReached) {
      if (epoch === (this.params.epochs as number) - 1) throw baselineError(this.#loop, found);
      return false;
    }
    const reached = asked ?? found;
    if (level !== undefined && !this.#budget.allows(value, reached)) {
      throw new Error(
        `iterativePruning: the budget is broken before anything is pruned: ${monitor} is ${value}, and may not be worse ` +
          `than ${level} or ${this.#loop.maxDrop} from the baseline ${reached}`,
      );
    }
    this.#state = {...this.#state, baseline: reached};
    return true;
  }

  /** Accepts or takes back the cut on trial, once its time to recover is over. */
  #judge(value: number): object {
    const left = this.#state.left - 1;
    this.#state = {...this.#state, left};
    if (left > 0) return {};
    const [round] = this.#state.rounds.slice(-1);
    const accepted = this.#budget.allows(value, this.#state.baseline as number);
    this.#state = {
      ...this.#state,
      rounds: [...this.#state.rounds.slice(0, -1), {...round, recovered: value, accepted}],
      asked: accepted ? round.asked : this.#state.asked,
      scale: accepted ? this.#state.scale : this.#state.scale / 2,
    };
    if (!accepted) restoreSnapshot(this.model, this.#accepted as Snapshot);
    return {recovered: value, accepted: +accepted};
  }

  /** Cuts again, or ends the training if there is nothing more to cut, or no time to recover. */
  async #advance(epoch: number, logs?: Logs): Promise<void> {
    const {step, minStep, recover, sparsity: most, monitor} = this.#loop;
    const {asked, scale} = this.#state;
    const target = Math.min(most, nextSparsity(asked, step, scale));
    const last = (this.params.epochs as number) - 1;
    if (asked >= most - 1e-9 || shareOf(step) * scale < minStep - 1e-12) {
      this.model.stopTraining = true;
      return;
    }
    this.#state = {...this.#state, due: epoch + recover > last};
    if (this.#state.due) return;
    const before = logs === undefined ? Number.NaN : await onTraining(this.model, this.#loop, logs);
    this.#accepted = await takeSnapshot(this.model);
    const statistics = await this.#collector.results();
    const result = await pruneFor('iterativePruning', this.model, target, {...this.#recipe, statistics});
    tellUpdate(this.model, result);
    const {sparsity} = result;
    const cut = (await this.#validation?.again())?.[monitor] ?? Number.NaN;
    const round: Round = {epoch, asked: target, sparsity, before, cut};
    this.#state = {...this.#state, left: recover, rounds: [...this.#state.rounds, round]};
  }
}

/**
 * A callback for fit and fitDataset that prunes as far as a metric allows: train to a dense baseline, prune by a step,
 * train `recover` epochs, validate; where the metric is within the budget go on, else go back to the last accepted
 * weights, masks and optimizer state and try half the step. Training ends at the target, where the step becomes too
 * small, or with the last epoch, and leaves the sparsest model that was accepted, also where it is stopped early.
 *
 * Each epoch's logs tell `sparsity`, after the update at its end; `before` and `cut` where a cut was made, `recovered`
 * where one was judged, NaN elsewhere; and `accepted`, 1 where it was.
 *
 * @throws on bad options at once; before the first batch if there is nothing to prune, or the logs do not have the
 *   monitored figure; where the budget is broken before anything is pruned; at the end if the baseline was never
 *   reached.
 * @see Han, Pool, Tran, Dally: Learning both Weights and Connections, 2015; Frankle, Carbin: The Lottery Ticket
 *   Hypothesis, 2019, for `{ofRemaining: 0.2}`.
 */
export const iterativePruning = /* @__PURE__ */ callbackFactory(
  'iterativePruning',
  (options: IterativePruningOptions = {}): IterativePruning => new IterativePruning(options),
);

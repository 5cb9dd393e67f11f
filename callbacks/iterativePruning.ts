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
import type {Recipe} from '../src/recipe';
import {judged, nextTarget, withBaseline} from './iterativePruning/decisions';
import {type Goal, goalFor} from './iterativePruning/goal';
import {onTraining} from './iterativePruning/monitor';
import {type Loop, type LoopOptions, parseLoop} from './iterativePruning/options';
import {
  assertState,
  type IterativePruningState,
  initialState,
  type LoopState,
  type Round,
} from './iterativePruning/state';
import {nextSparsity} from './iterativePruning/step';
import {figureOf, type Validation, watchValidation} from './iterativePruning/validation';
import {Pruner} from './shared/pruner';
import {assertInstance, callbackFactory, TrainingCallback} from './shared/trainingCallback';
import {joinRun} from './shared/trainingRun';
import {tryTargets} from './shared/tryTargets';
import {logSparsity} from './shared/updates';

/** Options for `iterativePruning`. */
export interface IterativePruningOptions extends LoopOptions, Recipe {}

/** The callback that `iterativePruning` returns. */
export class IterativePruning extends TrainingCallback {
  readonly #loop: Loop;
  readonly #pruner: Pruner;
  readonly #hasDecay: boolean;
  /** The options with the monitored metric, which is known from the first epoch on. */
  #goal: Goal | undefined;
  #state: LoopState = initialState;
  /** The model to return to while a cut is on trial. */
  #accepted: Snapshot | undefined;
  #validation: Validation | undefined;

  constructor(options: IterativePruningOptions = {}) {
    super('iterativePruning');
    const {loop, recipe} = parseLoop('iterativePruning', options);
    this.#loop = loop;
    this.#pruner = new Pruner('iterativePruning', recipe, loop.collect);
    this.#hasDecay = loop.collect.decay !== undefined;
  }

  /** The rounds so far; the last may be on trial. */
  get rounds(): readonly Round[] {
    return this.#state.rounds;
  }

  /**
   * Returns the state to resume from in another process. Save the model with its optimizer at the same time.
   *
   * @throws in the middle of an epoch if statistics would be lost, as with `collect: {decay}`.
   */
  state(): IterativePruningState {
    const accepted = this.#accepted ? snapshotToJson(this.#accepted) : null;
    return {...this.#state, ...this.#pruner.state(this.model), accepted};
  }

  /** Resumes from a state. Call it before fit, and start fit at the `initialEpoch` that would have come next. */
  restore(state: IterativePruningState): void {
    assertState(state);
    const {weights, statistics, accepted, ...rest} = state;
    this.#state = rest;
    this.#pruner.restore({weights, statistics});
    this.#accepted = accepted ? snapshotFromJson(accepted) : undefined;
  }

  override async onTrainBegin(): Promise<void> {
    assertInstance('iterativePruning', this);
    const {model} = this;
    const {sparsity, step} = this.#loop;
    const first = Math.min(sparsity, nextSparsity(0, step, 1));
    const network = readPrunable('iterativePruning', model);
    await tryTargets(network, this.#pruner.recipe, [first]);
    const resumes = this.#pruner.begin(network);
    if (!resumes) {
      this.#state = initialState;
      this.#accepted = undefined;
    }
    this.#goal = undefined;
    const {samples} = this.params as {samples: number | null};
    const validation = watchValidation(model, samples == null);
    this.#validation = validation;
    const run = joinRun(model);
    run.changesMasks = 'iterativePruning';
    run.cleanups.push(() => {
      validation.stop();
      this.#rejectTrial();
    });
    this.#pruner.collector?.resume(resumes);
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    if (this.#goal === undefined) {
      const goal = goalFor(this.model, this.#loop, this.params.metrics);
      this.#goal = goal;
      // If it needs statistics, an epoch has to collect them first, in this run or in the one that was interrupted.
      if (this.#state.due && this.#pruner.collector?.hasSaved !== false) await this.#cut(goal, epoch - 1);
    }
    this.#pruner.collector?.startWindow();
  }

  override async onBatchEnd(): Promise<void> {
    if (this.#hasDecay) this.#pruner.collector?.countBatch();
    await super.onBatchEnd();
  }

  override async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    const network = readPrunable('iterativePruning', this.model);
    resetStored(maskedIn(network));
    const goal = this.#goal as Goal;
    // Wherever an evaluation stands in the list, its figures are needed now.
    for (const evaluator of joinRun(this.model).evaluators) await evaluator.write(logs);
    const value = await figureOf(logs, goal.monitor);
    const judgement = await this.#advance(goal, epoch, value, logs);
    await this.#pruner.collector?.save(this.#hasDecay || this.#state.due);
    const round = this.#state.rounds.at(-1);
    const {before, cut} = round?.epoch === epoch ? round : {before: Number.NaN, cut: Number.NaN};
    Object.assign(logs, {before, cut, ...judgement});
    await logSparsity(network, logs);
  }

  /** Finds the baseline, judges the cut on trial, and makes the next cut. @returns The judgement for the logs. */
  async #advance(goal: Goal, epoch: number, value: number, logs: Logs) {
    const isLast = epoch === (this.params.epochs as number) - 1;
    const none = {recovered: Number.NaN, accepted: 0};
    this.#state = withBaseline(this.#state, goal, {epoch, value, isLast});
    if (this.#state.baseline === null) return none;
    const onTrial = this.#state.left > 0;
    if (onTrial) this.#state = judged(this.#state, goal, value);
    if (this.#state.left > 0) return none;
    const accepted = onTrial && this.#state.rounds.at(-1)?.accepted === true;
    if (onTrial && !accepted) restoreSnapshot(this.model, this.#accepted as Snapshot);
    await this.#cut(goal, epoch, logs);
    return onTrial ? {recovered: value, accepted: +accepted} : none;
  }

  /** Makes the next cut, or ends training if there is none, or leaves it to a later run if no time remains to recover. */
  async #cut(goal: Goal, epoch: number, logs?: Logs): Promise<void> {
    const {model} = this;
    const target = nextTarget(this.#state, goal);
    if (target === undefined) {
      model.stopTraining = true;
      return;
    }
    const due = epoch + goal.recover > (this.params.epochs as number) - 1;
    this.#state = {...this.#state, due};
    if (due) return;
    const before = logs === undefined ? Number.NaN : await onTraining(model, goal, logs);
    this.#accepted = await takeSnapshot(model);
    const {sparsity} = await this.#pruner.prune(model, target);
    const cut = (await this.#validation?.repeat())?.[goal.monitor] ?? Number.NaN;
    const round: Round = {epoch, asked: target, sparsity, before, cut};
    this.#state = {...this.#state, left: goal.recover, rounds: [...this.#state.rounds, round]};
  }

  /** Undoes a cut that is on trial when fit ends; a run that resumes makes it again. */
  #rejectTrial(): void {
    if (this.#accepted !== undefined && this.#state.left > 0) {
      restoreSnapshot(this.model, this.#accepted);
      this.#state = {...this.#state, left: 0, due: true, rounds: this.#state.rounds.slice(0, -1)};
    }
    this.#accepted = undefined;
  }
}

/**
 * A callback for fit and fitDataset that prunes as far as a metric allows. It trains to a dense baseline, prunes by a step,
 * trains for `recover` epochs and validates. If the metric is within the budget it continues; otherwise it restores the last
 * accepted weights, masks and optimizer state, and tries half the step. Training ends at the target, when the step becomes
 * too small, or with the last epoch, and leaves the sparsest accepted model, also when it is stopped early.
 *
 * Each epoch's logs have `sparsity`, after the update at its end; `before` and `cut` if a cut was made and `recovered`
 * if one was judged, otherwise NaN; and `accepted`, 1 if it was accepted.
 *
 * @returns the callback, with its `rounds` and the state to resume from.
 * @throws on bad options; before the first batch if there is nothing to prune, or the logs do not have the monitored metric;
 *   if the dense model is over the budget; at the end if the baseline was never reached.
 * @see Han, Pool, Tran, Dally: Learning both Weights and Connections, 2015; Frankle, Carbin: The Lottery Ticket
 *   Hypothesis, 2019, for `{ofRemaining: 0.2}`.
 * @example
 * const loop = iterativePruning({monitor: 'val_acc', maxDrop: 0.02, until: {sparsity: 0.9}});
 * await model.fit(x, y, {epochs: 8, validationData: [x, y], callbacks: [loop]});
 * console.log(loop.rounds);
 * @function
 */
export const iterativePruning = /* @__PURE__ */ callbackFactory(
  'iterativePruning',
  (options: IterativePruningOptions = {}): IterativePruning => new IterativePruning(options),
);

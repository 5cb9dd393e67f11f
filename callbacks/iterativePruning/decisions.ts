import type {Goal} from './goal';
import type {LoopState} from './state';
import {nextSparsity, shareOf} from './step';

/** The monitored metric at the end of an epoch. */
interface Observed {
  epoch: number;
  value: number;
  /** Whether the epoch is the last of the run. */
  isLast: boolean;
}

/**
 * The state after an epoch of dense training, with the baseline if it is reached.
 *
 * @throws if the last epoch does not reach it, or if the dense model is already over the budget.
 */
export function withBaseline(state: LoopState, goal: Goal, {epoch, value, isLast}: Observed): LoopState {
  if (state.baseline !== null) return state;
  const {baseline: asked, begin, level, monitor, maxDrop, budget} = goal;
  const best = state.best === null || budget.isBetter(value, state.best) ? value : state.best;
  const isReached = asked === undefined ? epoch >= begin : !budget.isBetter(asked, best);
  if (Number.isNaN(best) || !isReached) {
    if (isLast) throw notReached(goal, best);
    return {...state, best: Number.isNaN(best) ? state.best : best};
  }
  const baseline = asked ?? best;
  if (level !== undefined && !budget.allows(value, baseline)) {
    throw new Error(
      `iterativePruning: the budget is broken before anything is pruned: ${monitor} is ${value}, and may not be worse ` +
        `than ${level} or ${maxDrop} from the baseline ${baseline}`,
    );
  }
  return {...state, best, baseline};
}

/** The error if training ends without a baseline. */
function notReached({baseline, monitor}: Goal, best: number): Error {
  return new Error(
    `iterativePruning: nothing was pruned, as ${monitor} did not reach the baseline ${baseline ?? ''} ` +
      `(it is ${best} at best); train longer, or ask for less. The model is as trained`,
  );
}

/** The state after an epoch of recovery. Its last epoch accepts the cut on trial, or rejects it and halves the step. */
export function judged(state: LoopState, {budget}: Goal, value: number): LoopState {
  const left = state.left - 1;
  if (left > 0) return {...state, left};
  const [round] = state.rounds.slice(-1);
  const accepted = budget.allows(value, state.baseline as number);
  const rounds = [...state.rounds.slice(0, -1), {...round, recovered: value, accepted}];
  return accepted
    ? {...state, left, rounds, asked: round.asked}
    : {...state, left, rounds, scale: state.scale / 2};
}

/** The sparsity of the next cut; undefined if the target is reached or the step is too small. */
export function nextTarget({asked, scale}: LoopState, {sparsity, step, minStep}: Goal): number | undefined {
  const isEnd = asked >= sparsity - 1e-9 || shareOf(step) * scale < minStep - 1e-12;
  return isEnd ? undefined : Math.min(sparsity, nextSparsity(asked, step, scale));
}

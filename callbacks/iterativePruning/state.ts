import type {Snapshot} from '../../src/model/snapshot';
import type {PrunerState} from '../shared/pruner';

/** A cut and its outcome. */
export interface Round {
  /** The epoch at whose end the cut was made. */
  readonly epoch: number;
  /** The requested sparsity. */
  readonly asked: number;
  /** The share of masked elements after the cut. */
  readonly sparsity: number;
  /** The metric on the training data before the cut. */
  readonly before: number;
  /** The metric on the validation data right after the cut. */
  readonly cut: number;
  /** The metric on the validation data after recovery; undefined before. */
  readonly recovered?: number;
  /** Whether the round was within the budget; undefined before it was judged. */
  readonly accepted?: boolean;
}

/** The state of the loop between epochs. */
export interface LoopState {
  readonly baseline: number | null;
  readonly best: number | null;
  /** The requested sparsity of the last accepted cut. */
  readonly asked: number;
  /** The factor of the step after halving. */
  readonly scale: number;
  /** The epochs that the cut on trial has left to recover. */
  readonly left: number;
  /** Whether the run ended where it would have made a cut. */
  readonly due: boolean;
  readonly rounds: readonly Round[];
}

/** The state of `iterativePruning` to resume from. JSON can hold it. */
export interface IterativePruningState extends LoopState, PrunerState {
  /** The model to return to while a cut is on trial. */
  readonly accepted: Snapshot<string> | null;
}

/** The state before the first epoch. */
export const initialState: LoopState = {
  baseline: null,
  best: null,
  asked: 0,
  scale: 1,
  left: 0,
  due: false,
  rounds: [],
};

/** Throws unless a value has all that a state needs. */
export function assertState(state: unknown): asserts state is IterativePruningState {
  const given = (state ?? {}) as Partial<IterativePruningState>;
  const missing = Object.keys({...initialState, accepted: null}).find((key) => !(key in given));
  if (missing !== undefined || !Array.isArray(given.weights)) {
    throw new Error(
      `iterativePruning: this is not a state of iterativePruning(), as ${missing ?? 'weights'} is missing`,
    );
  }
}

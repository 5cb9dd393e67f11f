import type {Snapshot} from '../../src/model/snapshot';
import type {Sums} from '../../src/statistics/sums';

/** A cut and what became of it. */
export interface Round {
  /** The epoch at whose end the cut was made. */
  readonly epoch: number;
  /** The sparsity asked for, and the share of masked elements that it made. */
  readonly asked: number;
  readonly sparsity: number;
  /** The metric on training data before the cut, on the validation data right after it, and again when recovered. */
  readonly before: number;
  readonly cut: number;
  readonly recovered?: number;
  readonly accepted?: boolean;
}

/** What `state` gives and `restore` takes; JSON can hold it. */
export interface IterativePruningState {
  /** The weights of the model, to know it again. */
  readonly weights: readonly string[];
  readonly baseline: number | null;
  readonly best: number | null;
  /** The sparsity asked for that was accepted last. */
  readonly asked: number;
  /** What is left of the step after halving. */
  readonly scale: number;
  /** Epochs that the cut on trial has left. */
  readonly left: number;
  /** Whether the run ended where a cut would have been made. */
  readonly due: boolean;
  readonly rounds: readonly Round[];
  /** What to go back to while a cut is on trial. */
  readonly accepted: Snapshot<string> | null;
  /** What was collected for the next cut. */
  readonly statistics?: readonly Sums<string>[];
}

/** The state before anything was done. */
export const initialState = {
  baseline: null,
  best: null,
  asked: 0,
  scale: 1,
  left: 0,
  due: false,
  rounds: [],
  accepted: null,
};

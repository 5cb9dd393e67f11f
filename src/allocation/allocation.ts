import type {Weight} from '../model/weight';

/** Shares a target out: how many units each weight keeps, of the scores of all of them. */
export type Allocation = (candidates: Candidate[], sparsity: number) => number[];

/** A weight and the scores of its units, −∞ for those that are masked already. */
export interface Candidate {
  readonly weight: Weight;
  readonly scores: Float32Array;
  /** All weights that the units are shared by, `weight` first; only `weight` by default. */
  readonly tied?: readonly Weight[];
  /** The fewest units that it may keep: 1 by default, 0 where the pattern may empty it. */
  readonly least?: 0 | 1;
  /** Whether its units are of more than one element, so that their scores are pooled; false by default. */
  readonly pooled?: boolean;
  /**
   * What goes with the units: the weights that they are of and, where channels are judged together, those that take
   * them in. Without it, the weight in equal parts.
   */
  readonly parts?: () => Part[];
}

/** A weight, and how many of its elements go with each unit. */
export interface Part {
  readonly weight: Weight;
  readonly elements: Float64Array;
}

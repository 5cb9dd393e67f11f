import type {Candidate} from '../select/group';

/** Shares a target out: how many units each weight keeps, of the scores of all of them. */
export type Allocation = (candidates: Candidate[], sparsity: number) => number[];

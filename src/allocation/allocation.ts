import type {Group} from '../select/group';

/** Shares a target out: how many units each weight keeps, of the scores of all of them. */
export type Allocation = (groups: Group[], sparsity: number) => number[];

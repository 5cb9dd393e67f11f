import type {Group} from '../select/group';

/** Divides a sparsity among groups: the number of units that each keeps, by the scores of all of them. */
export type Allocation = (groups: Group[], sparsity: number) => number[];

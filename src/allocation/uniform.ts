import {keptUnits} from '../select/select';
import type {Allocation} from './allocation';

/**
 * Every weight reaches the sparsity asked for.
 *
 * formula: kept = n·(1 − sparsity), of the n units of each weight
 */
export function uniform(): Allocation {
  return (groups, sparsity) => groups.map(({scores}) => keptUnits(scores.length, sparsity));
}

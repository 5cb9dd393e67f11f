import {keptUnits} from '../select/select';
import {assertNoArguments} from '../util/options';
import type {Allocation} from './allocation';

/**
 * Prunes every weight to the same sparsity.
 *
 * formula: kept = n·(1 − sparsity), of the n units of each weight
 *
 * @returns an allocation, for the option `allocation` of recipes.
 * @throws if it gets an argument.
 */
export function uniform(): Allocation {
  assertNoArguments('uniform', arguments);
  return (groups, sparsity) => groups.map(({scores}) => keptUnits(scores.length, sparsity));
}

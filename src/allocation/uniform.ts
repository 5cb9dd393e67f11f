import {keptUnits} from '../select';
import type {Allocation} from './allocation';

/** Every weight reaches the sparsity asked for. */
export function uniform(): Allocation {
  return (candidates, sparsity) => candidates.map(({scores}) => keptUnits(scores.length, sparsity));
}

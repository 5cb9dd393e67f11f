import {assertNoArguments} from '../util/options';
import type {Pattern} from './pattern';

/**
 * Each element is a unit (unstructured pruning): the highest sparsity for a given loss.
 *
 * formula: unit of an element = its index
 *
 * @returns a pattern, for the option `pattern` of recipes.
 * @throws if it gets an argument.
 * @see LeCun, Denker, Solla: Optimal Brain Damage, 1990.
 */
export function element(): Pattern {
  assertNoArguments('element', arguments);
  return ({value: {size}}) => ({units: size});
}

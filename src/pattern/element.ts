import type {Pattern} from './pattern';

/**
 * Each element is a unit: unstructured pruning, the most sparsity at the least loss.
 *
 * formula: unit of an element = index of the element
 *
 * @see LeCun, Denker, Solla: Optimal Brain Damage, 1990.
 */
export function element(): Pattern {
  return ({value: {size}}) => ({units: size});
}

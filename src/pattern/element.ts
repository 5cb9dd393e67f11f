import type {Pattern} from './pattern';

/** Each element is a unit: unstructured pruning, the most sparsity at the least loss. */
export function element(): Pattern {
  return Object.assign(({value}: {value: {size: number}}) => ({units: value.size}), {structured: false});
}

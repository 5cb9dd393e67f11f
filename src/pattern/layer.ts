import {global} from '../allocation/global';
import type {Weight} from '../weight';
import type {Pattern} from './pattern';

/**
 * A whole weight is a unit: it goes or stays, and so may be emptied, which no other pattern does. That leaves a branch
 * beside others of nothing but its bias. Unless the recipe says otherwise, all weights compete, so that a sparsity is
 * the share of weights to empty; one always stays.
 *
 * formula: unit of an element = 0
 *
 * @see Chen, Zhao: Shallowing Deep Networks, 2018.
 */
export function layer(): Pattern {
  return Object.assign(({value: {size}}: Weight) => ({units: 1, unitOf: new Int32Array(size)}), {
    structured: true,
    least: 0 as const,
    allocation: global(),
  });
}

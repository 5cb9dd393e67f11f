import {abs, pow} from '@tensorflow/tfjs-core';
import {assertNumber, assertOptions} from '../util/options';
import type {Importance} from './importance';

/**
 * Scores each element by its absolute value.
 *
 * formula: |w|^p
 * data: none
 * pruned first: the element closest to 0; of units, the one with the smallest mean of |w|^p.
 *
 * @param options.p The power, a positive number; 1 by default. It does not change the order of single elements; for units,
 *   2 ranks by energy.
 * @returns an importance, whose scores have the shape of the weight.
 * @throws if p is not positive.
 * @see Han, Pool, Tran, Dally: Learning both Weights and Connections for Efficient Neural Networks, 2015;
 *   Li et al.: Pruning Filters for Efficient ConvNets, 2017, for units.
 */
export function magnitude(options: {p?: number} = {}): Importance {
  assertOptions('magnitude', options, ['p']);
  const {p = 1} = options;
  assertNumber('magnitude', 'p', p, 'a positive number', (x) => x > 0 && x < Number.POSITIVE_INFINITY);
  return ({value}) => (p === 1 ? abs(value) : pow(abs(value), p));
}

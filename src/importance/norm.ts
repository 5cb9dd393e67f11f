import {abs, sqrt, square, sum} from '@tensorflow/tfjs-core';
import {assertOneOf, assertOptions} from '../util/options';
import type {Importance} from './importance';
import {byUnit, overUnits} from './units';

/**
 * Scores each unit by the L1 or L2 norm of its incoming weights. The norm grows with the unit's size, so large units in one
 * layer score higher than small units in another.
 *
 * formula: Σ|w| of a unit for p = 1, √Σw² for p = 2
 * data: none
 * pruned first: the unit with the smallest norm.
 *
 * @param options.p 1 (default) or 2.
 * @returns an importance, whose scores have the shape of the weight and are equal within a unit.
 * @throws on another p or unknown options.
 * @see Li, Kadav, Durdanovic, Samet, Graf: Pruning Filters for Efficient ConvNets, 2017, for p = 1; He, Kang, Dong, Fu,
 *   Yang: Soft Filter Pruning, 2018, for p = 2.
 * @example norm()
 * @example norm({p: 2})
 */
export function norm(options: {p?: 1 | 2} = {}): Importance {
  assertOptions('norm', options, ['p']);
  const {p = 1} = options;
  assertOneOf('norm', 'p', p, [1, 2]);
  return (weight) => {
    const elements = byUnit(weight, weight.value);
    return overUnits(weight, p === 1 ? sum(abs(elements), 0) : sqrt(sum(square(elements), 0)));
  };
}

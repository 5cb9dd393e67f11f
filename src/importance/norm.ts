import {abs, sqrt, square, sum} from '@tensorflow/tfjs-core';
import {describe} from '../util/describe';
import type {Importance} from './importance';
import {byUnit, overUnits} from './units';

/**
 * A unit with small incoming weights matters least. All weights of a unit score alike, so large units of one layer
 * score higher than small ones of another.
 *
 * formula: Σ|w| of a unit for 1, √Σw² for 2
 * data: none
 * goes first: the unit with the smallest norm.
 *
 * @param order 1 by default.
 * @throws unless it is 1 or 2.
 * @see Li, Kadav, Durdanovic, Samet, Graf: Pruning Filters for Efficient ConvNets, 2017, for 1; He, Kang, Dong, Fu,
 *   Yang: Soft Filter Pruning, 2018, for 2.
 * @example norm(1)
 * @example norm(2)
 */
export function norm(order: 1 | 2 = 1): Importance {
  if (order !== 1 && order !== 2) {
    throw new Error(`norm: the order must be 1 or 2, got ${describe(order)}`);
  }
  return (weight) => {
    const elements = byUnit(weight, weight.value);
    return overUnits(weight, order === 1 ? sum(abs(elements), 0) : sqrt(sum(square(elements), 0)));
  };
}

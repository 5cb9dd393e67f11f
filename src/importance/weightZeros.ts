import {abs, mean, step} from '@tensorflow/tfjs-core';
import type {Importance} from './importance';
import {byUnit, overUnits} from './units';

/**
 * A unit of which most weights are 0, pruned or drawn there by a penalty, can go whole.
 *
 * formula: 1 − zeros / weights of a unit
 * data: none
 * goes first: the unit with the largest share of zeros.
 *
 * @see Hu, Peng, Tai, Tang: Network Trimming, 2016, counts zeros of outputs in the same way: `apoz()`.
 */
export function weightZeros(): Importance {
  return (weight) => overUnits(weight, mean(step(abs(byUnit(weight, weight.value))), 0));
}

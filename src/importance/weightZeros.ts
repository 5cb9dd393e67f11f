import {abs, mean, step} from '@tensorflow/tfjs-core';
import {assertNoArguments} from '../util/options';
import type {Importance} from './importance';
import {byUnit, overUnits} from './units';

/**
 * Scores each unit by the share of nonzero incoming weights. Use it to remove units that element pruning or a penalty has
 * nearly emptied.
 *
 * formula: 1 − zeros / weights of a unit
 * data: none
 * pruned first: the unit with the largest share of zeros.
 *
 * @returns an importance, whose scores have the shape of the weight and are equal within a unit.
 * @throws if it gets an argument.
 * @see Hu, Peng, Tai, Tang: Network Trimming, 2016, which counts the zeros of outputs: `apoz()`.
 */
export function weightZeros(): Importance {
  assertNoArguments('weightZeros', arguments);
  return (weight) => overUnits(weight, mean(step(abs(byUnit(weight, weight.value))), 0));
}

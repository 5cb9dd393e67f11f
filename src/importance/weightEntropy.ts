import {max, min} from '@tensorflow/tfjs-core';
import {assertBins, countBins} from '../statistics/bins';
import {assertOptions} from '../util/options';
import {BINS, entropyOf} from './entropy';
import type {Importance} from './importance';
import {byUnit, overUnits} from './units';

/**
 * A unit whose incoming weights are all alike tells its inputs apart least.
 *
 * formula: −Σ p · ln p, p the shares of a unit's weights in equal bins of the range of its layer
 * data: none
 * cost: a few passes a bin over the weight
 * goes first: the unit with the least entropy; one with equal weights scores 0.
 *
 * @param bins How many parts the range has, from 2; 16 by default.
 * @throws on other values.
 * @see Shannon: A Mathematical Theory of Communication, 1948, for the entropy.
 */
export function weightEntropy(options: {bins?: number} = {}): Importance {
  assertOptions('weightEntropy', options, ['bins']);
  const {bins = BINS} = options;
  assertBins('weightEntropy', bins);
  return (weight) => {
    const {value} = weight;
    return overUnits(weight, entropyOf(countBins(byUnit(weight, value), min(value), max(value), bins)));
  };
}

import {max, min} from '@tensorflow/tfjs-core';
import {assertBins, countBins} from '../statistics/bins';
import {assertOptions} from '../util/options';
import {BINS, entropyOf} from './entropy';
import type {Importance} from './importance';
import {byUnit, overUnits} from './units';

/**
 * Scores each unit by the entropy of its incoming weights: a unit with nearly equal weights discriminates little between its
 * inputs.
 *
 * formula: −Σ p · ln p, p the shares of a unit's weights in equal bins over its layer's range
 * data: none
 * cost: a few passes per bin over the weight
 * pruned first: the unit with the lowest entropy; a unit with equal weights scores 0.
 *
 * @param options.bins The number of bins, at least 2; 16 by default.
 * @returns an importance, whose scores have the shape of the weight and are equal within a unit.
 * @throws on other values or unknown options.
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

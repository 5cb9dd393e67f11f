import {reshape, tensor1d} from '@tensorflow/tfjs-core';
import {assertBins} from '../statistics/bins';
import {inputHistogram} from '../statistics/inputs';
import {outputHistogram} from '../statistics/outputs';
import {statisticOf} from '../statistics/statistic';
import {assertOneOf, assertOptions} from '../util/options';
import {BINS, entropyOf} from './entropy';
import type {Importance, Scored} from './importance';
import {overInputs, overUnits} from './units';

const sides = {
  output: {histogram: outputHistogram, over: overUnits},
  input: {histogram: inputHistogram, over: overInputs},
};

/**
 * Scores each unit by the entropy of its outputs: a unit with nearly constant outputs carries little information.
 *
 * formula: −Σ p · ln p, p the shares of a unit's outputs in equal bins over its layer's range
 * data: outputs, or inputs
 * cost: a few passes per bin over them, in every eighth batch
 * pruned first: the unit with the lowest entropy; a constant unit scores 0.
 *
 * @param options.bins The number of bins, at least 2; 16 by default. The first batch sets their range.
 * @param options.side `'output'` (default), or `'input'` to score each element by the input that it multiplies.
 * @returns an importance, whose scores have the shape of the weight and are equal within a unit.
 * @throws on other values or unknown options.
 * @see Luo, Wu: An Entropy-based Pruning Method for CNN Compression, 2017.
 * @example activationEntropy()
 * @example activationEntropy({side: 'input'})
 */
export function activationEntropy(options: {bins?: number; side?: keyof typeof sides} = {}): Importance {
  assertOptions('activationEntropy', options, ['bins', 'side']);
  const {bins = BINS, side = 'output'} = options;
  assertOneOf('activationEntropy', 'side', side, ['output', 'input']);
  assertBins('activationEntropy', bins);
  const {histogram, over} = sides[side];
  const statistic = histogram(bins);
  return Object.assign(
    (weight: Scored) =>
      over(weight, entropyOf(reshape(tensor1d(statisticOf(weight, statistic)), [bins, -1]))),
    {needs: [statistic]},
  );
}

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
 * A unit that always puts out the same says nothing.
 *
 * formula: −Σ p · ln p, p the shares of a unit's outputs in equal bins of the range of its layer
 * data: outputs, or inputs
 * cost: a few passes a bin over them, in one batch of eight
 * goes first: the unit with the least entropy; a constant one scores 0.
 *
 * @param bins How many parts the range has, from 2; 16 by default. The range is that of the first batch.
 * @param of `'output'` by default; `'input'` judges weights by the input that they multiply.
 * @throws on other values.
 * @see Luo, Wu: An Entropy-based Pruning Method for CNN Compression, 2017.
 * @example activationEntropy()
 * @example activationEntropy({of: 'input'})
 */
export function activationEntropy(options: {bins?: number; of?: keyof typeof sides} = {}): Importance {
  assertOptions('activationEntropy', options, ['bins', 'of']);
  const {bins = BINS, of = 'output'} = options;
  assertOneOf('activationEntropy', 'of', of, ['output', 'input']);
  assertBins('activationEntropy', bins);
  const {histogram, over} = sides[of];
  const statistic = histogram(bins);
  return Object.assign(
    (weight: Scored) =>
      over(weight, entropyOf(reshape(tensor1d(statisticOf(weight, statistic)), [bins, -1]))),
    {needs: [statistic]},
  );
}

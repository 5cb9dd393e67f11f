import {mul} from '@tensorflow/tfjs-core';
import {maxOutput, meanAbsOutput, meanOutput} from '../statistics/outputs';
import {assertOneOf, assertOptions} from '../util/options';
import type {Importance} from './importance';
import {byOutputs} from './units';

const statistics = {abs: meanAbsOutput, mean: meanOutput, max: maxOutput};

/**
 * Scores each unit by its outputs: their mean absolute value, their mean or their maximum. All elements in a unit have its
 * score.
 *
 * formula: mean|o|, mean o or max o over examples, positions and steps, o an output of the unit
 * data: outputs
 * cost: one or two passes over the outputs per batch
 * pruned first: the unit with the smallest outputs; with `'mean'` and `'max'` the most negative ones.
 *
 * @param options.statistic `'abs'` (default), `'mean'` or `'max'`. `'mean'` keeps the sign, which prunes units with negative
 *   outputs first.
 * @returns an importance, whose scores have the shape of the weight and are equal within a unit.
 * @throws on an unknown statistic or option.
 * @see Molchanov, Tyree, Karras, Aila, Kautz: Pruning Convolutional Neural Networks for Resource Efficient
 *   Inference, 2017.
 * @example activation()
 * @example activation({statistic: 'mean'})
 * @example activation({statistic: 'max'})
 */
export function activation(options: {statistic?: keyof typeof statistics} = {}): Importance {
  assertOptions('activation', options, ['statistic']);
  const {statistic = 'abs'} = options;
  assertOneOf('activation', 'statistic', statistic, ['abs', 'mean', 'max']);
  return byOutputs(statistics[statistic], (values) => mul(values, 1));
}

import {mul} from '@tensorflow/tfjs-core';
import {maxOutput, meanAbsOutput, meanOutput} from '../statistics/outputs';
import {assertOneOf, assertOptions} from '../util/options';
import type {Importance} from './importance';
import {byOutputs} from './units';

const statistics = {abs: meanAbsOutput, mean: meanOutput, max: maxOutput};

/**
 * A unit that hardly puts anything out matters least. `'mean'`, the signed mean, is trimming by activity.
 *
 * formula: mean|o|, mean o or max o over examples, positions and steps
 * data: outputs
 * cost: a pass or two over the outputs in each batch
 * goes first: the unit with the smallest output, by `'mean'` and `'max'` the most negative one.
 *
 * @param of What counts of the outputs: `'abs'`, by default, `'mean'` or `'max'`.
 * @throws if it is anything else.
 * @see Molchanov, Tyree, Karras, Aila, Kautz: Pruning Convolutional Neural Networks for Resource Efficient
 *   Inference, 2017.
 * @example activation()
 * @example activation({of: 'mean'})
 * @example activation({of: 'max'})
 */
export function activation(options: {of?: keyof typeof statistics} = {}): Importance {
  assertOptions('activation', options, ['of']);
  const {of = 'abs'} = options;
  assertOneOf('activation', 'of', of, ['abs', 'mean', 'max']);
  return byOutputs(statistics[of], (values) => mul(values, 1));
}

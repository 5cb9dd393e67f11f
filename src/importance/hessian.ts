import {mul, square, tensor} from '@tensorflow/tfjs-core';
import {hessianDiagonal} from '../statistics/gradients';
import {statisticOf} from '../statistics/statistic';
import {assertCount, assertOptions} from '../util/options';
import type {Importance, Scored} from './importance';

/**
 * Scores each element by how much the loss would rise without it, to second order (optimal brain damage). The diagonal of the
 * Gauss-Newton matrix takes the place of that of the Hessian: both are equal in networks of ReLU or linear layers that use each
 * weight in one call, and it has no negative entries elsewhere. It is the mean square of gradients with targets sampled from
 * the outputs of the model, the same for equal batches; regularizers are left out.
 *
 * formula: ½ · w² · H, H the diagonal of the Gauss-Newton matrix of the loss
 * data: gradients
 * cost: a second forward and backward pass in each batch that it measures
 * pruned first: the element with the smallest product of squared value and second derivative.
 *
 * @param options.every Measures one batch in so many; 1 by default.
 * @returns an importance, whose scores have the shape of the weight.
 * @throws on bad options; when measured, or before the first batch of fit, if a loss is neither a crossentropy nor a mean squared
 *   error.
 * @see LeCun, Denker, Solla: Optimal Brain Damage, 1990; Martens: New Insights and Perspectives on the Natural Gradient Method,
 *   2020, for sampled targets.
 * @example hessian()
 * @example hessian({every: 10})
 */
export function hessian(options: {every?: number} = {}): Importance {
  assertOptions('hessian', options, ['every']);
  const {every = 1} = options;
  assertCount('hessian', 'every', every);
  const score = (weight: Scored) => {
    const diagonal = tensor(statisticOf(weight, hessianDiagonal), weight.value.shape);
    return mul(0.5, mul(square(weight.value), diagonal));
  };
  return Object.assign(score, {needs: [{...hessianDiagonal, every}]});
}

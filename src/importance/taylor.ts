import {abs, mul, tensor} from '@tensorflow/tfjs-core';
import {meanAbsGradient} from '../statistics/gradients';
import {statisticOf} from '../statistics/statistic';
import {assertNoArguments} from '../util/options';
import type {Importance, Scored} from './importance';

/**
 * Scores each element by how much the loss would change without it, to first order.
 *
 * formula: |w · ∂L/∂w|, the mean over the batches
 * data: gradients
 * cost: two passes over the weight per batch
 * pruned first: the element with the smallest product of value and gradient.
 *
 * @returns an importance, whose scores have the shape of the weight.
 * @throws if it gets an argument.
 * @see Molchanov, Mallya, Tyree, Frosio, Kautz: Importance Estimation for Neural Network Pruning, 2019.
 */
export function taylor(): Importance {
  assertNoArguments('taylor', arguments);
  return Object.assign(
    (weight: Scored) =>
      abs(mul(weight.value, tensor(statisticOf(weight, meanAbsGradient), weight.value.shape))),
    {needs: [meanAbsGradient]},
  );
}

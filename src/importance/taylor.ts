import {abs, mul, tensor} from '@tensorflow/tfjs-core';
import {meanAbsGradient} from '../statistics/gradients';
import {statisticOf} from '../statistics/statistic';
import type {Importance, Scored} from './importance';

/**
 * A weight whose removal would change the loss least, to first order, matters least.
 *
 * formula: |w · ∂L/∂w|, the mean over the batches
 * data: gradients
 * cost: two passes over the weight in each batch
 * goes first: the weight with the smallest product, being small or hardly felt.
 *
 * @see Molchanov, Mallya, Tyree, Frosio, Kautz: Importance Estimation for Neural Network Pruning, 2019.
 */
export function taylor(): Importance {
  return Object.assign(
    (weight: Scored) =>
      abs(mul(weight.value, tensor(statisticOf(weight, meanAbsGradient), weight.value.shape))),
    {needs: [meanAbsGradient]},
  );
}

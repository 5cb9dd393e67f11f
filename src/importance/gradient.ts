import {tensor} from '@tensorflow/tfjs-core';
import {meanAbsGradient} from '../statistics/gradients';
import {statisticOf} from '../statistics/statistic';
import type {Importance, Scored} from './importance';

/**
 * A weight that the loss hardly feels matters least. Near an optimum all gradients are small, so rather ask for a
 * sparsity than for a fixed threshold; the best unit of a weight stays in any case.
 *
 * formula: mean|∂L/∂w| over the batches
 * data: gradients
 * cost: two passes over the weight in each batch
 * goes first: the weight with the smallest gradient; of units, the one with the smallest sum.
 *
 * @see Mozer, Smolensky: Skeletonization, 1989, who judge by derivatives first.
 */
export function gradient(): Importance {
  return Object.assign((weight: Scored) => tensor(statisticOf(weight, meanAbsGradient), weight.value.shape), {
    needs: [meanAbsGradient],
  });
}

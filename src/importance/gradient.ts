import {tensor} from '@tensorflow/tfjs-core';
import {meanAbsGradient} from '../statistics/gradients';
import {statisticOf} from '../statistics/statistic';
import {assertNoArguments} from '../util/options';
import type {Importance, Scored} from './importance';

/**
 * Scores each element by the mean absolute gradient of the loss. All gradients are small near an optimum, so use a sparsity
 * as the target instead of a fixed threshold.
 *
 * formula: mean|∂L/∂w| over the batches
 * data: gradients
 * cost: two passes over the weight per batch
 * pruned first: the element with the smallest gradient; of units, the one with the smallest mean.
 *
 * @returns an importance, whose scores have the shape of the weight.
 * @throws if it gets an argument.
 * @see Mozer, Smolensky: Skeletonization, 1989, for pruning by derivatives.
 */
export function gradient(): Importance {
  assertNoArguments('gradient', arguments);
  return Object.assign((weight: Scored) => tensor(statisticOf(weight, meanAbsGradient), weight.value.shape), {
    needs: [meanAbsGradient],
  });
}

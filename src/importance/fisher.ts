import {mul, square, tensor} from '@tensorflow/tfjs-core';
import {meanSquareGradient} from '../statistics/gradients';
import {statisticOf} from '../statistics/statistic';
import {assertNoArguments} from '../util/options';
import type {Importance, Scored} from './importance';

/**
 * Scores each element by how much the loss would rise without it, to second order, with the empirical Fisher information in
 * place of the Hessian. The expectation is over batches: callbacks square the gradients that fit computes anyway. Near an
 * optimum these squares are proportional to those over single examples, which the papers use; for the latter measure with
 * `batchSize: 1`, and give the result as `statistics`.
 *
 * formula: w² · E[(∂L/∂w)²], the mean over the batches
 * data: gradients
 * cost: two passes over the weight per batch
 * pruned first: the element with the smallest product of squared value and mean squared gradient.
 *
 * @returns an importance, whose scores have the shape of the weight.
 * @throws if it gets an argument.
 * @see Theis, Korshunova, Tejani, Huszár: Faster Gaze Prediction with Dense Networks and Fisher Pruning, 2018; LeCun,
 *   Denker, Solla: Optimal Brain Damage, 1990, for the expansion.
 * @example fisher()
 */
export function fisher(): Importance {
  assertNoArguments('fisher', arguments);
  return Object.assign(
    (weight: Scored) =>
      mul(square(weight.value), tensor(statisticOf(weight, meanSquareGradient), weight.value.shape)),
    {needs: [meanSquareGradient]},
  );
}

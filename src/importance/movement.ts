import {neg, tensor} from '@tensorflow/tfjs-core';
import {weightTimesGradient} from '../statistics/gradients';
import {statisticOf} from '../statistics/statistic';
import type {Importance, Scored} from './importance';

/**
 * A weight that training draws to 0 matters least, however large it still is: the criterion for fine-tuning, where
 * magnitudes tell of the task before.
 *
 * formula: −Σ w · ∂L/∂w over the batches
 * data: gradients
 * cost: two passes over the weight in each batch
 * goes first: the weight that moves to 0 fastest.
 *
 * @see Sanh, Wolf, Rush: Movement Pruning, 2020.
 */
export function movement(): Importance {
  return Object.assign(
    (weight: Scored) => neg(tensor(statisticOf(weight, weightTimesGradient), weight.value.shape)),
    {needs: [weightTimesGradient]},
  );
}

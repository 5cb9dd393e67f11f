import {neg, tensor} from '@tensorflow/tfjs-core';
import {weightTimesGradient} from '../statistics/gradients';
import {statisticOf} from '../statistics/statistic';
import {assertNoArguments} from '../util/options';
import type {Importance, Scored} from './importance';

/**
 * Scores each element by its movement: training moves elements with a negative score towards 0. Use it for fine-tuning, where
 * magnitudes reflect the previous task.
 *
 * formula: −Σ w · ∂L/∂w over the batches
 * data: gradients
 * cost: two passes over the weight per batch
 * pruned first: the element that moves towards 0 fastest.
 *
 * @returns an importance, whose scores have the shape of the weight.
 * @throws if it gets an argument.
 * @see Sanh, Wolf, Rush: Movement Pruning, 2020.
 */
export function movement(): Importance {
  assertNoArguments('movement', arguments);
  return Object.assign(
    (weight: Scored) => neg(tensor(statisticOf(weight, weightTimesGradient), weight.value.shape)),
    {needs: [weightTimesGradient]},
  );
}

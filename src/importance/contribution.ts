import {abs} from '@tensorflow/tfjs-core';
import {outputTimesGradient} from '../statistics/outputs';
import {assertOptions} from '../util/options';
import type {Importance} from './importance';
import {byOutputs} from './units';

/**
 * A unit whose silence would change the loss least, to first order, matters least.
 *
 * formula: |Σ o · ∂L/∂o| of a unit, over all examples, positions and steps
 * data: gradients and outputs
 * cost: a pass over the outputs and their gradients in each batch
 * goes first: the unit with the smallest change, to the better or to the worse; with `signed` the one with the smallest
 *   sum, which is negative where the output lowers the loss.
 *
 * @param signed Scores by the raw sum instead; false by default.
 * @see Molchanov, Tyree, Karras, Aila, Kautz: Pruning Convolutional Neural Networks for Resource Efficient
 *   Inference, 2017.
 * @example contribution()
 * @example contribution({signed: true})
 */
export function contribution(options: {signed?: boolean} = {}): Importance {
  assertOptions('contribution', options, ['signed']);
  const {signed = false} = options;
  return byOutputs(outputTimesGradient, (sums) => (signed ? sums : abs(sums)));
}

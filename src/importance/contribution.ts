import {abs} from '@tensorflow/tfjs-core';
import {outputTimesGradient} from '../statistics/outputs';
import {assertFlag, assertOptions} from '../util/options';
import type {Importance} from './importance';
import {byOutputs} from './units';

/**
 * Scores each unit by how much the loss would change without it, to first order.
 *
 * formula: |Σ o · ∂L/∂o| of a unit, over all examples, positions and steps
 * data: gradients and outputs
 * cost: one pass over the outputs and their gradients per batch
 * pruned first: the unit with the smallest change in either direction; with `signed` the unit with the smallest sum, which
 *   is negative where the output lowers the loss.
 *
 * @param options.signed Whether to score by the signed sum; false by default.
 * @returns an importance, whose scores have the shape of the weight and are equal within a unit.
 * @throws on another value or unknown options.
 * @see Molchanov, Tyree, Karras, Aila, Kautz: Pruning Convolutional Neural Networks for Resource Efficient
 *   Inference, 2017.
 * @example contribution()
 * @example contribution({signed: true})
 */
export function contribution(options: {signed?: boolean} = {}): Importance {
  assertOptions('contribution', options, ['signed']);
  const {signed = false} = options;
  assertFlag('contribution', 'signed', signed);
  return byOutputs(outputTimesGradient, (sums) => (signed ? sums : abs(sums)));
}

import {mul, type Scalar, sum, type Tensor} from '@tensorflow/tfjs-core';
import {assertNoStrength} from './assertNoStrength';
import {power} from './power';

/**
 * Penalizes the mean absolute output of each unit, so that outputs are 0 more often. For recurrent layers the outputs are the
 * whole sequence or the last step, whichever the layer returns.
 *
 * formula: Σ mean|a| over the units, each mean over examples, space and time
 * data: outputs
 * cost: one forward and backward pass over the outputs per batch
 *
 * @returns a penalty, for `sparsityLoss` and `addSparsityLoss`.
 * @throws if it gets an argument.
 * @see Georgiadis: Accelerating Convolutional Neural Networks via Activation Map Compression, 2019.
 */
export function activationL1Loss() {
  assertNoStrength('activationL1Loss', arguments);
  return Object.assign(
    (output: Tensor) => mul(output.shape[output.rank - 1] / output.size, sum(power(output))) as Scalar,
    {ofActivations: true},
  );
}

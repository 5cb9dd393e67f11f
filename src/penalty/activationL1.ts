import {mul, type Scalar, sum, type Tensor} from '@tensorflow/tfjs-core';
import {power} from './power';

/**
 * Draws what the units of a layer put out to 0, so that they are silent more often. Of a recurrent layer it is what
 * the layer puts out: the whole sequence, or the last step.
 *
 * formula: Σ mean|a| over the units, each mean over examples, space and time
 * data: outputs
 * cost: a pass over the outputs in each batch, and back
 *
 * @see Georgiadis: Accelerating Convolutional Neural Networks via Activation Map Compression, 2019.
 */
export function activationL1() {
  return Object.assign(
    (output: Tensor) => mul(output.shape[output.rank - 1] / output.size, sum(power(output))) as Scalar,
    {ofActivations: true},
  );
}

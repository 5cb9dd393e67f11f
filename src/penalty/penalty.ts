import type {Scalar, Tensor} from '@tensorflow/tfjs-core';

/** What a weight costs in the loss: a scalar of the masked weight, differentiable by tfjs. */
export type Penalty = (weight: Tensor) => Scalar;

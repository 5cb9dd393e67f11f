import type {Scalar, Tensor} from '@tensorflow/tfjs-core';
import type {Weight} from '../model/weight';

/** What a weight costs in the loss: a scalar of the masked weight, differentiable by tfjs. */
export interface Penalty {
  (value: Tensor, weight: Weight): Scalar;
  /** Judges what the layer of a weight puts out, `[batch, …, units]`, instead of the weight. */
  readonly ofActivations?: boolean;
  /** The x of least ½‖x − value‖² + step · penalty(x), for the penalties that have exact zeros. */
  readonly proximal?: (value: Tensor, step: number, weight: Weight) => Tensor;
}

/** Which way a loss draws. */
export type Direction = 'minimize' | 'maximize';

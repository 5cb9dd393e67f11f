import type {Scalar, Tensor} from '@tensorflow/tfjs-core';
import type {Weight} from '../model/weight';

/** Maps a masked weight to a scalar to add to the loss, differentiable by tfjs. */
export interface Penalty {
  (value: Tensor, weight: Weight): Scalar;
  /** Whether it gets the output of the weight's layer, `[batch, …, units]`, instead of the weight. */
  readonly ofActivations?: boolean;
  /** The proximal step: the x that minimizes ½‖x − value‖² + step · penalty(x). */
  readonly proximal?: (value: Tensor, step: number, weight: Weight) => Tensor;
}

/** Whether a loss makes its formula smaller or larger. */
export type Direction = 'minimize' | 'maximize';

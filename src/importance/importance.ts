import type {Tensor} from '@tensorflow/tfjs-core';
import type {Weight} from '../weight';

/**
 * Scores the elements of a weight: a tensor of its shape, where a high score always means keep. It runs inside
 * a tf.tidy.
 */
export type Importance = (weight: Scored) => Tensor;

/** A weight under judgement. */
export interface Scored extends Weight {
  /** Its place among the prunable weights of the model, from 0. */
  readonly index: number;
}

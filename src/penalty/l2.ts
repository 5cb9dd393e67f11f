import {type Scalar, square, sum} from '@tensorflow/tfjs-core';
import type {Penalty} from './penalty';

/** Draws weights to 0 in proportion to themselves: Σw². */
export function l2(): Penalty {
  return (weight) => sum(square(weight)) as Scalar;
}

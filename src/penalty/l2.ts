import {div, type Scalar, square, sum, type Tensor} from '@tensorflow/tfjs-core';

/**
 * Draws weights to 0 in proportion to themselves, so that large ones shrink and none arrives.
 *
 * formula: Σw²
 *
 * @see Krogh, Hertz: A Simple Weight Decay Can Improve Generalization, 1992.
 */
export function l2() {
  return Object.assign((value: Tensor) => sum(square(value)) as Scalar, {
    proximal: (value: Tensor, step: number) => div(value, 1 + 2 * step),
  });
}

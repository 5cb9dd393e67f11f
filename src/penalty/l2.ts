import {div, type Scalar, square, sum, type Tensor} from '@tensorflow/tfjs-core';
import {assertNoStrength} from './assertNoStrength';

/**
 * Penalizes the square of each element, which shrinks elements in proportion to their size and never to exactly 0.
 *
 * formula: Σw²
 *
 * @returns a penalty, for `sparsityLoss` and `addSparsityLoss`.
 * @throws if it gets an argument.
 * @see Krogh, Hertz: A Simple Weight Decay Can Improve Generalization, 1992.
 */
export function l2() {
  assertNoStrength('l2', arguments);
  return Object.assign((value: Tensor) => sum(square(value)) as Scalar, {
    proximal: (value: Tensor, step: number) => div(value, 1 + 2 * step),
  });
}

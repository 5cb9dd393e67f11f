import {neg, relu, type Scalar, sub, sum, type Tensor} from '@tensorflow/tfjs-core';
import {assertNoStrength} from './assertNoStrength';
import {power} from './power';

/**
 * Penalizes the absolute value of each element, which shrinks all elements at the same rate. Gradient steps rarely reach
 * exactly 0; prune afterwards, or use the proximal step (soft thresholding).
 *
 * formula: Σ|w|
 *
 * @returns a penalty, for `sparsityLoss` and `addSparsityLoss`.
 * @throws if it gets an argument.
 * @see Tibshirani: Regression Shrinkage and Selection via the Lasso, 1996.
 */
export function l1() {
  assertNoStrength('l1', arguments);
  return Object.assign((value: Tensor) => sum(power(value)) as Scalar, {
    // sign(w)·max(|w| − step, 0), without a −0.
    proximal: (value: Tensor, step: number) => sub(relu(sub(value, step)), relu(sub(neg(value), step))),
  });
}

import {neg, relu, type Scalar, sub, sum, type Tensor} from '@tensorflow/tfjs-core';
import {power} from './power';

/**
 * Draws every weight to 0 at the same pace. It makes small weights, not zeros: prune them, or have its proximal step,
 * the soft threshold, make them 0.
 *
 * formula: Σ|w|
 *
 * @see Tibshirani: Regression Shrinkage and Selection via the Lasso, 1996.
 */
export function l1() {
  return Object.assign((value: Tensor) => sum(power(value)) as Scalar, {
    // sign(w)·max(|w| − step, 0), without a −0.
    proximal: (value: Tensor, step: number) => sub(relu(sub(value, step)), relu(sub(neg(value), step))),
  });
}

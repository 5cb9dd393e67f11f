import {abs, customGrad, mul, type Scalar, sign, sum, type Tensor} from '@tensorflow/tfjs-core';
import type {Penalty} from './penalty';

/**
 * Draws every weight to 0 at the same pace: Σ|w|. It makes small weights, not zeros; prune them.
 *
 * @see Tibshirani: Regression Shrinkage and Selection via the Lasso, 1996.
 */
export function l1(): Penalty {
  // The gradient of tf.abs at 0 is −1, which would push a weight that has arrived.
  return customGrad((weight, save) => {
    (save as (tensors: Tensor[]) => void)([weight as Tensor]);
    return {
      value: sum(abs(weight as Tensor)) as Scalar,
      gradFunc: (dy: Scalar, [saved]: Tensor[]) => mul(dy, sign(saved)),
    };
  }) as Penalty;
}

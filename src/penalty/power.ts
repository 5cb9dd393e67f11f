import {abs, customGrad, maximum, mul, pow, sign, type Tensor} from '@tensorflow/tfjs-core';

/** Below this the slope of |x|^p for p < 1 stays constant. */
const SMALLEST = 1e-7;

/** |x|^p, with a gradient that is finite, and 0 at 0. The gradient of tf.abs is −1 at 0, that of tf.pow may be NaN. */
export function power(x: Tensor, p = 1): Tensor {
  return customGrad((given, save) => {
    const value = given as Tensor;
    (save as (tensors: Tensor[]) => void)([value]);
    return {
      value: p === 1 ? abs(value) : pow(abs(value), p),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => {
        const slope = p === 1 ? sign(saved) : mul(sign(saved), pow(maximum(abs(saved), SMALLEST), p - 1));
        return mul(dy, mul(slope, p));
      },
    };
  })(x);
}

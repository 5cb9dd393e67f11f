import {customGrad, type DataId, mul, ones, type Tensor, tidy, variable} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';

/**
 * A function that multiplies a weight by a mask, and its gradient too. tf.mul would do both, but would cast the mask
 * from bool each time, which costs as much again; so a float32 copy is kept, renewed when the mask has changed, and
 * disposed with it.
 */
export function maskedProduct(mask: LayerVariable): (value: Tensor) => Tensor {
  // A variable, as those of a model that could not be rebuilt are found and disposed.
  const copy = tidy(() => variable(ones(mask.shape as number[]), false));
  /** What the copy is of: a variable gets new data with each assignment. */
  let data: DataId | undefined;

  const dispose = mask.dispose.bind(mask);
  mask.dispose = () => {
    copy.dispose();
    dispose();
  };
  return (value) => {
    const bits = mask.read();
    if (data !== bits.dataId) {
      data = bits.dataId;
      tidy(() => copy.assign(mul(bits, 1)));
    }
    return customGrad((weight) => ({
      value: mul(weight as Tensor, copy),
      gradFunc: (dy: Tensor) => mul(dy, copy),
    }))(value);
  };
}

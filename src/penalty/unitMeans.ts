import {mean, type Tensor} from '@tensorflow/tfjs-core';

/** Each unit's mean in an output `[batch, …, units]`, over examples, space and time. */
export function unitMeans(output: Tensor): Tensor {
  return mean(
    output,
    output.shape.slice(1).map((_, axis) => axis),
  );
}

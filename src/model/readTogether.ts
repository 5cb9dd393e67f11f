import {dispose, type Tensor} from '@tensorflow/tfjs-core';

/** The values of tensors, in one round to the device and back, which has them to itself: they are disposed. */
export async function readTogether(tensors: readonly Tensor[]): Promise<Float32Array[]> {
  try {
    return (await Promise.all(tensors.map((tensor) => tensor.data()))) as Float32Array[];
  } finally {
    dispose([...tensors]);
  }
}

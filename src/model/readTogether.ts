import {dispose, type Tensor} from '@tensorflow/tfjs-core';

/** Reads tensors in one round trip to the device, and disposes them. */
export async function readTogether(tensors: readonly Tensor[]): Promise<Float32Array[]> {
  try {
    return (await Promise.all(tensors.map((tensor) => tensor.data()))) as Float32Array[];
  } finally {
    dispose([...tensors]);
  }
}

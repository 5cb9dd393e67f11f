import * as tf from '@tensorflow/tfjs';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {seeded} from './models';

/** A compiled model with data. */
export interface Task {
  model: tf.LayersModel;
  x: tf.Tensor;
  y: tf.Tensor | tf.Tensor[];
}

type Compiled = Partial<tf.ModelCompileArgs>;

const dense = (name: string, units: number, args: object = {}) =>
  prunableDense({name, units, kernelInitializer: seeded(name.length + units), ...args});

/** One number per example, which a linear model can learn. */
export function regression(compiled: Compiled = {}): Task {
  const model = tf.sequential({
    layers: [dense('hidden', 8, {inputShape: [4], activation: 'tanh'}), dense('out', 1)],
  });
  model.compile({optimizer: tf.train.adam(0.02), loss: 'meanSquaredError', ...compiled});
  const x = tf.randomNormal([64, 4], 0, 1, 'float32', 1);
  return {model, x, y: tf.tidy(() => tf.mul(3, tf.sum(x, 1, true)))};
}

/** A class per pixel. @param classes The number of classes; 1 means one probability. */
export function segmentation(classes: number, targets: 'one-hot' | 'numbers', compiled: Compiled = {}): Task {
  const activation = classes === 1 ? 'sigmoid' : 'softmax';
  const model = tf.sequential({
    layers: [
      prunableConv2d({
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        inputShape: [6, 6, 1],
        name: 'conv',
        kernelInitializer: seeded(3),
      }),
      prunableConv2d({
        filters: classes,
        kernelSize: 1,
        activation,
        name: 'mask',
        kernelInitializer: seeded(4),
      }),
    ],
  });
  const loss = classes === 1 ? 'binaryCrossentropy' : 'categoricalCrossentropy';
  model.compile({optimizer: tf.train.adam(0.05), loss, ...compiled});
  const x = tf.randomNormal([16, 6, 6, 1], 0, 1, 'float32', 2);
  const y = tf.tidy(() => {
    const pixels = tf.cast(tf.greater(x, 0), 'int32').squeeze([3]);
    if (targets === 'one-hot') return tf.cast(tf.oneHot(pixels, classes), 'float32');
    return classes === 1 ? tf.cast(pixels, 'float32').expandDims(3) : tf.cast(pixels, 'float32');
  });
  return {model, x, y};
}

/** A number and a class per example. */
export function twoHeads(compiled: Compiled = {}): Task & {y: [tf.Tensor, tf.Tensor]} {
  const input = tf.input({shape: [4]});
  const hidden = dense('hidden', 8, {activation: 'tanh'}).apply(input) as tf.SymbolicTensor;
  const outputs = [dense('size', 1), dense('kind', 2, {activation: 'softmax'})].map(
    (layer) => layer.apply(hidden) as tf.SymbolicTensor,
  );
  const model = tf.model({inputs: input, outputs});
  const loss = {size: 'meanSquaredError', kind: 'categoricalCrossentropy'};
  model.compile({optimizer: tf.train.adam(0.02), loss, metrics: {kind: 'accuracy'}, ...compiled});
  const x = tf.randomNormal([64, 4], 0, 1, 'float32', 5);
  const y = tf.tidy(() => {
    const sums = tf.sum(x, 1, true);
    const kinds = tf.cast(tf.greater(sums, 0), 'int32').squeeze([1]);
    return [sums, tf.cast(tf.oneHot(kinds, 2), 'float32')];
  }) as [tf.Tensor, tf.Tensor];
  return {model, x, y};
}

/** The loss of each output, computed alone. */
export function lossesOf({model, x, y}: Task & {y: [tf.Tensor, tf.Tensor]}): [number, number, number] {
  return tf.tidy(() => {
    const [sizes, kinds] = model.predict(x) as tf.Tensor2D[];
    const [wantedSizes, wantedKinds] = y;
    const error = tf.mean(tf.square(tf.sub(sizes, wantedSizes))).dataSync()[0];
    const entropy = tf.mean(tf.metrics.categoricalCrossentropy(wantedKinds, kinds)).dataSync()[0];
    const right = tf.mean(tf.metrics.categoricalAccuracy(wantedKinds, kinds)).dataSync()[0];
    return [error, entropy, right];
  });
}

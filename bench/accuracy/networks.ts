import * as tf from '@tensorflow/tfjs';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {networks as demo} from '../../demo/networks';

const {layers} = tf;

/** Initializers that depend on the seed and the layer only. */
function seeds(seed: number) {
  let layer = 0;
  return () => ({kernelInitializer: tf.initializers.heNormal({seed: seed * 100 + layer++})});
}

/** LeNet-5 of Caffe, as used in pruning papers: 430,500 weights, and 580 biases. */
function caffe(inputShape: number[], classes: number, seed: number): tf.Sequential {
  const init = seeds(seed);
  return tf.sequential({
    layers: [
      prunableConv2d({name: 'conv1', filters: 20, kernelSize: 5, inputShape, ...init()}),
      layers.maxPooling2d({poolSize: 2}),
      prunableConv2d({name: 'conv2', filters: 50, kernelSize: 5, ...init()}),
      layers.maxPooling2d({poolSize: 2}),
      layers.flatten(),
      prunableDense({name: 'dense1', units: 500, activation: 'relu', ...init()}),
      prunableDense({name: 'dense2', units: classes, activation: 'softmax', ...init()}),
    ],
  });
}

/** The networks by name. */
export const networks = {...demo, caffe};

export type NetworkName = keyof typeof networks;

/** The teacher: four convolutions of 3 × 3, 83,322 parameters. */
export function teacherNetwork(inputShape: number[], classes: number, seed: number): tf.Sequential {
  const init = seeds(seed);
  const conv = (filters: number, shape?: {inputShape: number[]}) =>
    layers.conv2d({filters, kernelSize: 3, activation: 'relu', ...shape, ...init()});
  return tf.sequential({
    layers: [
      conv(16, {inputShape}),
      conv(16),
      layers.maxPooling2d({poolSize: 2}),
      conv(32),
      conv(32),
      layers.maxPooling2d({poolSize: 2}),
      layers.flatten(),
      layers.dense({units: 128, activation: 'relu', ...init()}),
      layers.dense({units: classes, activation: 'softmax', ...init()}),
    ],
  });
}

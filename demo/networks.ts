// Imports tfjs-layers only, so that a page with one of these networks does not load the rest of tfjs.
import {initializers, layers, type Sequential, sequential} from '@tensorflow/tfjs-layers';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';

type Network = (input: number[], classes: number, seed: number) => Sequential;

/** Initializers that depend on the seed and the layer only. */
function seeds(seed: number) {
  let layer = 0;
  return () => ({kernelInitializer: initializers.heUniform({seed: seed * 100 + layer++})});
}

/** A small convolutional network. */
const conv: Network = (inputShape, classes, seed) => {
  const init = seeds(seed);
  return sequential({
    layers: [
      prunableConv2d({name: 'conv1', filters: 8, kernelSize: 5, activation: 'relu', inputShape, ...init()}),
      layers.maxPooling2d({poolSize: 2}),
      prunableConv2d({name: 'conv2', filters: 16, kernelSize: 3, activation: 'relu', ...init()}),
      layers.maxPooling2d({poolSize: 2}),
      layers.flatten(),
      prunableDense({name: 'dense1', units: 64, activation: 'relu', ...init()}),
      prunableDense({name: 'dense2', units: classes, activation: 'softmax', ...init()}),
    ],
  });
};

/** LeNet-300-100 (LeCun et al. 1998). */
const mlp: Network = (inputShape, classes, seed) => {
  const init = seeds(seed);
  return sequential({
    layers: [
      layers.flatten({inputShape}),
      prunableDense({name: 'dense1', units: 300, activation: 'relu', ...init()}),
      prunableDense({name: 'dense2', units: 100, activation: 'relu', ...init()}),
      prunableDense({name: 'dense3', units: classes, activation: 'softmax', ...init()}),
    ],
  });
};

/** LeNet-5 (LeCun et al. 1998), with the max pooling and ReLU of today. */
const lenet5: Network = (inputShape, classes, seed) => {
  const init = seeds(seed);
  return sequential({
    layers: [
      prunableConv2d({
        name: 'conv1',
        filters: 6,
        kernelSize: 5,
        padding: 'same',
        activation: 'relu',
        inputShape,
        ...init(),
      }),
      layers.maxPooling2d({poolSize: 2}),
      prunableConv2d({name: 'conv2', filters: 16, kernelSize: 5, activation: 'relu', ...init()}),
      layers.maxPooling2d({poolSize: 2}),
      layers.flatten(),
      prunableDense({name: 'dense1', units: 120, activation: 'relu', ...init()}),
      prunableDense({name: 'dense2', units: 84, activation: 'relu', ...init()}),
      prunableDense({name: 'dense3', units: classes, activation: 'softmax', ...init()}),
    ],
  });
};

/** The networks of the demos and the bench, by name. */
export const networks = {conv, mlp, lenet5};

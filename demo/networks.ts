// Of tfjs only what layers need, so that a page that builds one of these does not load the rest.
import {initializers, layers, type Sequential, sequential} from '@tensorflow/tfjs-layers';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';

type Network = (input: number[], classes: number, seed: number) => Sequential;

/** The same start every time for the same seed, another for each layer. */
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

/** LeNet-5 (LeCun et al. 1998), with max pooling and ReLU as it is trained today. */
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

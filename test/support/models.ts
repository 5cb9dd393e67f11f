import * as tf from '@tensorflow/tfjs';
import {prunableWeights} from 'tfjs-pruning';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import './cpu';

/** Initializers with fixed seeds. */
export const seeded = (seed: number) => tf.initializers.randomNormal({stddev: 0.5, seed});

/** A model of one prunable dense layer with a given kernel, one row per input. */
export function oneDense(kernel: number[][]): tf.Sequential {
  const model = tf.sequential({
    layers: [prunableDense({units: kernel[0].length, inputShape: [kernel.length], name: 'only'})],
  });
  setKernels(model, kernel);
  return model;
}

/** A model of two prunable dense layers, `first` and `second`, with given kernels. */
export function twoDense(first: number[][], second: number[][]): tf.Sequential {
  const model = tf.sequential({
    layers: [
      prunableDense({units: first[0].length, inputShape: [first.length], name: 'first'}),
      prunableDense({units: second[0].length, name: 'second'}),
    ],
  });
  setKernels(model, first, second);
  return model;
}

/** A small network with biases: `hidden` of 4×6 and `output` of 6×3. */
export function mlp(args: {kernelRegularizer?: 'l1l2'} = {}): tf.Sequential {
  return tf.sequential({
    layers: [
      prunableDense({
        units: 6,
        inputShape: [4],
        activation: 'tanh',
        kernelInitializer: seeded(1),
        biasInitializer: seeded(2),
        name: 'hidden',
        ...args,
      }),
      prunableDense({units: 3, kernelInitializer: seeded(3), biasInitializer: seeded(4), name: 'output'}),
    ],
  });
}

/** A small convolutional network: `conv` of 3×3×2×4 on 6×6 images and `output` of 64×3. */
export function convNet(): tf.Sequential {
  return tf.sequential({
    layers: [
      prunableConv2d({
        filters: 4,
        kernelSize: 3,
        inputShape: [6, 6, 2],
        activation: 'relu',
        kernelInitializer: seeded(5),
        name: 'conv',
      }),
      tf.layers.flatten(),
      prunableDense({units: 3, activation: 'softmax', kernelInitializer: seeded(6), name: 'output'}),
    ],
  });
}

/** Examples for `mlp`: a batch of 8 inputs and targets. */
export function examples(): {x: tf.Tensor2D; y: tf.Tensor2D} {
  return {x: tf.randomNormal([8, 4], 0, 1, 'float32', 7), y: tf.randomNormal([8, 3], 0, 1, 'float32', 8)};
}

/** Stores new kernels, in the order of the layers. */
export function setKernels(model: tf.LayersModel, ...kernels: tf.TensorLike[]): void {
  prunableWeights(model).forEach(({value}, i) => {
    tf.tidy(() => value.assign(tf.tensor(kernels[i]).reshape(value.shape)));
  });
}

/** The stored elements of each prunable weight. */
export function kernelsOf(model: tf.LayersModel): number[][] {
  return prunableWeights(model).map(({value}) => [...value.dataSync()]);
}

export function masksOf(model: tf.LayersModel): number[][] {
  return prunableWeights(model).map(({mask}) => [...mask.dataSync()]);
}

/** The outputs of a model for an input, or for random inputs of its shapes. */
export function outputsOf(
  model: tf.LayersModel,
  inputs: tf.Tensor | tf.Tensor[] = inputsOf(model),
): number[] {
  return tf.tidy(() => [model.predict(inputs)].flat().flatMap((output) => [...output.dataSync()]));
}

function inputsOf(model: tf.LayersModel): tf.Tensor[] {
  return model.inputs.map(({shape}, i) =>
    tf.randomNormal([2, ...(shape.slice(1) as number[])], 0, 1, 'float32', 20 + i),
  );
}

/** The gradient of the training loss, Σ output² plus the regularization losses, with respect to each trained weight. */
export function gradientsOf(model: tf.LayersModel, x: tf.Tensor): number[][] {
  return tf.tidy(() => {
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const {grads} = tf.variableGrads(() => {
      const output = model.apply(x, {training: true}) as tf.Tensor;
      const losses = [tf.sum(tf.square(output)), ...model.calculateLosses()];
      return losses.reduce((sum, loss) => tf.add(sum, loss)) as tf.Scalar;
    }, variables);
    return variables.map(({name}) => [...grads[name].dataSync()]);
  });
}

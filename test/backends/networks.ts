import * as tf from '@tensorflow/tfjs';
import {prunableWeights} from 'tfjs-pruning';
import {
  prunableBatchNormalization,
  prunableConv2d,
  prunableDense,
  prunableDepthwiseConv2d,
  prunableEmbedding,
  prunableLstm,
  prunableSeparableConv2d,
} from 'tfjs-pruning/layers';
import {mlp, seeded} from '../support/models';
import type {Own} from './behavior';

/** A network of common layers on 6×6 images with two channels. */
export function images(): tf.Sequential {
  return tf.sequential({
    layers: [
      prunableConv2d({
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        inputShape: [6, 6, 2],
        kernelInitializer: seeded(11),
        useBias: false,
        name: 'conv',
      }),
      prunableBatchNormalization({
        betaInitializer: seeded(12),
        movingMeanInitializer: seeded(13),
        name: 'norm',
      }),
      tf.layers.reLU(),
      prunableDepthwiseConv2d({
        kernelSize: 3,
        activation: 'relu',
        depthwiseInitializer: seeded(14),
        name: 'depthwise',
      }),
      prunableSeparableConv2d({
        filters: 6,
        kernelSize: 2,
        activation: 'tanh',
        depthwiseInitializer: seeded(15),
        pointwiseInitializer: seeded(16),
        name: 'separable',
      }),
      tf.layers.maxPooling2d({poolSize: 3}),
      tf.layers.flatten(),
      prunableDense({units: 3, activation: 'softmax', kernelInitializer: seeded(17), name: 'output'}),
    ],
  });
}

/** A network on sequences of 5 words out of 7. */
export function words(): tf.Sequential {
  return tf.sequential({
    layers: [
      prunableEmbedding({
        inputDim: 7,
        outputDim: 4,
        inputLength: 5,
        embeddingsInitializer: seeded(21),
        name: 'embedding',
      }),
      prunableLstm({
        units: 4,
        kernelInitializer: seeded(22),
        recurrentInitializer: seeded(23),
        name: 'lstm',
      }),
      prunableDense({units: 3, activation: 'softmax', kernelInitializer: seeded(24), name: 'output'}),
    ],
  });
}

/** Each network with the kernels that its training requires. */
export const networks: {name: string; make: () => tf.Sequential; needs?: string}[] = [
  {name: 'dense layers', make: mlp},
  {
    name: 'convolutions',
    make: images,
    needs: 'Conv2DBackpropFilter|DepthwiseConv2dNativeBackprop(Input|Filter)',
  },
  {name: 'an embedding and an LSTM', make: words, needs: 'UnsortedSegmentSum'},
];

/** 16 examples for a network, with one of three classes each. */
export function data(own: Own, model: tf.LayersModel): {x: tf.Tensor; y: tf.Tensor} {
  const shape = [16, ...model.inputs[0].shape.slice(1).map((dim) => dim ?? 1)];
  const isWords = model.layers[0].getClassName().endsWith('Embedding');
  const x = isWords
    ? tf.randomUniform(shape, 0, 7, 'int32', 31)
    : tf.randomNormal(shape, 0, 1, 'float32', 31);
  const classes = Float32Array.from({length: 48}, (_, i) => +(i % 3 === Math.floor(i / 3) % 3));
  return {x: own(x), y: own(tf.tensor2d(classes, [16, 3]))};
}

export function compiled<Model extends tf.LayersModel>(model: Model, optimizer: string = 'sgd'): Model {
  model.compile({optimizer, loss: 'meanSquaredError', metrics: ['accuracy']});
  return model;
}

export const valuesOf = async (tensor: tf.Tensor) => [...(await tensor.data())];

/** The outputs of a network. */
export async function outputsOf(model: tf.LayersModel, x: tf.Tensor): Promise<number[]> {
  const outputs = model.predict(x) as tf.Tensor;
  const values = await valuesOf(outputs);
  outputs.dispose();
  return values;
}

/** All weights of a network, with masks. */
export const weightsOf = (model: tf.LayersModel) => Promise.all(model.getWeights().map(valuesOf));

export const masksOf = (model: tf.LayersModel) =>
  Promise.all(prunableWeights(model).map(({mask}) => valuesOf(mask)));

export const kernelsOf = (model: tf.LayersModel) =>
  Promise.all(prunableWeights(model).map(({value}) => valuesOf(value)));

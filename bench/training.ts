import * as tf from '@tensorflow/tfjs';
import {global, prune, strip} from 'tfjs-pruning';
import {enableTraining} from 'tfjs-pruning/wasm';
import {networks} from '../demo/networks';
import {type Figure, ratio} from './ratio';

const BATCH = 64;

/** What a mask costs a training step on WASM, and what enableTraining gains. */
export async function training(rounds: number): Promise<Figure[]> {
  const disable = enableTraining();
  const figures = [
    await maskedOverPlain('LeNet-5', 'lenet5', 1.03, rounds),
    await maskedOverPlain('LeNet-300-100', 'mlp', 1.05, rounds),
    await stepOverForward('LeNet-5', await strip(networks.lenet5([28, 28, 1], 10, 1)), 4, rounds),
    await stepOverForward('depthwise separable', separable(), 5, rounds),
  ];
  disable();
  return [...figures, await withoutOverWith(Math.ceil(rounds / 10))];
}

async function maskedOverPlain(
  title: string,
  name: keyof typeof networks,
  goal: number,
  rounds: number,
): Promise<Figure> {
  const masked = compiled(networks[name]([28, 28, 1], 10, 1));
  await prune(masked, 0.9, {allocation: global()});
  const plain = await strip(masked);
  const {x, y} = examples(BATCH);
  const figure = {
    name: `training on wasm: masked step / plain step, ${title}`,
    ratio: await ratio(
      () => masked.trainOnBatch(x, y),
      () => plain.trainOnBatch(x, y),
      rounds,
    ),
    goal: `<= ${goal}`,
  };
  tf.dispose([x, y]);
  masked.dispose();
  plain.dispose();
  return figure;
}

/** Blocks of MobileNet (Howard et al. 2017) on images of the size of MNIST's. */
function separable(): tf.LayersModel {
  const {layers} = tf;
  const block = (filters: number, strides: number) => [
    layers.depthwiseConv2d({kernelSize: 3, strides, padding: 'same', activation: 'relu'}),
    layers.conv2d({filters, kernelSize: 1, activation: 'relu'}),
  ];
  return tf.sequential({
    layers: [
      layers.conv2d({
        filters: 16,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        inputShape: [28, 28, 1],
      }),
      ...block(32, 2),
      ...block(32, 1),
      ...block(64, 2),
      layers.globalAveragePooling2d({}),
      layers.dense({units: 10, activation: 'softmax'}),
    ],
  });
}

async function stepOverForward(
  title: string,
  uncompiled: tf.LayersModel,
  goal: number,
  rounds: number,
): Promise<Figure> {
  const model = compiled(uncompiled);
  const {x, y} = examples(BATCH);
  const figure = {
    name: `training on wasm: step / forward pass, ${title}`,
    ratio: await ratio(
      () => model.trainOnBatch(x, y),
      () => tf.dispose(model.predictOnBatch(x)),
      Math.ceil(rounds / 3),
    ),
    goal: `<= ${goal}`,
  };
  tf.dispose([x, y]);
  model.dispose();
  return figure;
}

async function withoutOverWith(rounds: number): Promise<Figure> {
  const model = compiled(await strip(networks.mlp([28, 28, 1], 10, 1)));
  const {x, y} = examples(4 * BATCH);
  const epoch = () => model.fit(x, y, {batchSize: BATCH, verbose: 0});
  const figure = {
    name: 'training on wasm: fit without enableTraining / with, LeNet-300-100',
    ratio: await ratio(
      epoch,
      async () => {
        const disable = enableTraining();
        await epoch();
        disable();
      },
      rounds,
    ),
    goal: '>= 4',
  };
  tf.dispose([x, y]);
  model.dispose();
  return figure;
}

function compiled<Model extends tf.LayersModel>(model: Model): Model {
  model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});
  return model;
}

function examples(count: number): {x: tf.Tensor; y: tf.Tensor} {
  return tf.tidy(() => ({
    x: tf.randomUniform([count, 28, 28, 1]),
    y: tf.cast(tf.oneHot(tf.randomUniform([count], 0, 10, 'int32'), 10), 'float32'),
  }));
}

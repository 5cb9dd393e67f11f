import * as tf from '@tensorflow/tfjs';
import {activation, activationEntropy, apoz, contribution, global, prune, strip, taylor} from 'tfjs-pruning';
import type {Statistic} from 'tfjs-pruning/statistics';
import {enableTraining} from 'tfjs-pruning/wasm';
import {networks} from '../demo/networks';
import {readPrunable} from '../src/model/network';
import {collectInTraining} from '../src/statistics/collect';
import {type Figure, ratio} from './ratio';
import {compiled, examples} from './step';

const BATCH = 64;
const STEPS = 8;

/** The overhead of masks in a training step on WASM, and the gain of enableTraining. */
export async function training(rounds: number): Promise<Figure[]> {
  const disable = enableTraining();
  const figures = [
    await maskedOverPlain(rounds),
    ...(await collectingOverNot('LeNet-5', 'lenet5', rounds)),
    ...(await collectingOverNot('LeNet-300-100', 'mlp', rounds)),
    await stepOverForward('LeNet-5', await strip(networks.lenet5([28, 28, 1], 10, 1)), 4, rounds),
    await stepOverForward('depthwise separable', separable(), 5, rounds),
  ];
  disable();
  return [...figures, await withoutOverWith(Math.ceil(rounds / 10))];
}

async function maskedOverPlain(rounds: number): Promise<Figure> {
  const masked = compiled(networks.lenet5([28, 28, 1], 10, 1));
  await prune(masked, 0.9, {allocation: global()});
  const plain = await strip(masked);
  const {x, y} = examples(BATCH);
  const figure = {
    name: 'training on wasm: masked step / plain step, LeNet-5',
    ratio: await ratio(
      () => masked.trainOnBatch(x, y),
      () => plain.trainOnBatch(x, y),
      rounds,
    ),
    goal: '<= 1.03',
  };
  tf.dispose([x, y]);
  masked.dispose();
  plain.dispose();
  return figure;
}

/** The statistics of importances, and the goals for the overhead of collecting them in training. */
const collected = {
  'gradient statistics': {needs: taylor().needs, goal: 1.05},
  'activation statistics': {needs: activation().needs, goal: 1.1},
  'zeros of activations': {needs: apoz().needs, goal: 1.1},
  'histograms of activations': {needs: activationEntropy().needs, goal: 1.1},
  'contributions of units': {needs: contribution().needs, goal: 1.1},
} as const;

/** Masked steps with collection of statistics over steps without, each on its own model. */
async function collectingOverNot(
  title: string,
  name: keyof typeof networks,
  rounds: number,
): Promise<Figure[]> {
  const figures = [];
  const {x, y} = examples(BATCH);
  // Histograms use one batch in eight.
  const steps = async (model: tf.LayersModel) => {
    for (let step = 0; step < STEPS; step++) {
      await model.trainOnBatch(x, y);
    }
  };
  for (const [what, {needs = [], goal}] of Object.entries(collected)) {
    const [watched, other] = [0, 1].map(() => compiled(networks[name]([28, 28, 1], 10, 1)));
    const network = readPrunable('bench', watched);
    const collection = collectInTraining(network, network.weights, needs as readonly Statistic[]);
    figures.push({
      name: `training on wasm: steps with ${what} / without, ${title}`,
      ratio: await ratio(
        () => steps(watched),
        () => steps(other),
        Math.ceil(rounds / STEPS),
      ),
      goal: `<= ${goal}`,
    });
    collection.stop();
    watched.dispose();
    other.dispose();
  }
  tf.dispose([x, y]);
  return figures;
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
    goal: '>= 6',
  };
  tf.dispose([x, y]);
  model.dispose();
  return figure;
}

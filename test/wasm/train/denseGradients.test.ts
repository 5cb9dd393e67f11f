import * as tf from '@tensorflow/tfjs';
import {prunableWeights, prune, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {needDenseGradients} from '../../../src/util/maskedCalls';
import {enableTraining} from '../../../src/wasm';
import {numbers} from '../backends';

const {layers} = tf;
const l1 = () => tf.regularizers.l1({l1: 0.01});

/** Layers by what they are, with a regularizer or without. */
const networks: Record<string, (regularizer?: () => ReturnType<typeof l1>) => tf.layers.Layer[]> = {
  'dense layers': (l) => [
    layers.dense({units: 70, activation: 'relu', inputShape: [60], kernelRegularizer: l?.()}),
    layers.dense({units: 50, useBias: false, kernelRegularizer: l?.()}),
  ],
  convolutions: (l) => [
    layers.conv2d({
      filters: 20,
      kernelSize: 3,
      padding: 'same',
      inputShape: [9, 8, 3],
      kernelRegularizer: l?.(),
    }),
    layers.depthwiseConv2d({kernelSize: 3, activation: 'relu'}),
    layers.conv2d({filters: 24, kernelSize: [2, 3], strides: [1, 2], kernelRegularizer: l?.()}),
    layers.flatten(),
  ],
  'recurrent layers': (l) => [
    layers.gru({units: 6, inputShape: [4, 5], returnSequences: true, recurrentRegularizer: l?.()}),
    layers.simpleRNN({units: 5, kernelRegularizer: l?.()}),
  ],
};

async function masked(made: tf.layers.Layer[]): Promise<tf.LayersModel> {
  const model = await prunable(tf.sequential({layers: made}));
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  await prune(model, 0.9);
  return model;
}

/** The gradients that the optimizer gets in a training step, by weights of rank above 1. */
async function gradientsOf(model: tf.LayersModel): Promise<tf.Tensor[]> {
  // Enough to be computed by remaining weights.
  const batch = tf.getBackend() === 'wasm' ? 32 : 2;
  const [x, y] = tf.tidy(() => [
    numbers([batch, ...(model.inputs[0].shape.slice(1) as number[])], 3),
    numbers([batch, ...(model.outputs[0].shape.slice(1) as number[])], 4),
  ]);
  let gradients: tf.Tensor[] = [];
  const {optimizer} = model;
  const {applyGradients} = optimizer;
  optimizer.applyGradients = (given) => {
    const list = (given as {tensor: tf.Tensor}[]).map(({tensor}) => tensor);
    gradients = list.filter(({rank}) => rank > 1).map((tensor) => tf.keep(tf.clone(tensor)));
  };
  await model.trainOnBatch(x, y);
  optimizer.applyGradients = applyGradients;
  tf.dispose([x, y]);
  return gradients;
}

const counts = () => [tf.memory().numTensors, tf.backend().numDataIds()];

const largest = (tensor: tf.Tensor) => tf.tidy(() => tf.max(tf.abs(tensor)).dataSync()[0]);

function expectClose(actual: tf.Tensor[], expected: tf.Tensor[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, one] of expected.entries()) {
    expect(actual[i].shape).toEqual(one.shape);
    const distance = tf.sub(actual[i], one);
    expect(largest(distance)).toBeLessThanOrEqual(1e-5 * largest(one));
    tf.dispose(distance);
  }
}

let restore = () => {};

describe.each(['cpu', 'wasm with enableTraining()'])('on %s needDenseGradients', (title) => {
  beforeAll(async () => {
    await tf.setBackend(title.slice(0, 4).trim());
    if (title.startsWith('wasm')) restore = enableTraining();
  });
  afterAll(() => restore());

  it.each(Object.entries(networks))(
    'makes the gradients of masked weights those of a plain model, in %s',
    async (_, make) => {
      const model = await masked(make());
      const plain = await strip(model);
      plain.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
      // The first steps list positions and make what layers keep.
      for (const one of [model, plain]) tf.dispose(await gradientsOf(one));
      const before = counts();
      const expected = await gradientsOf(plain);
      const end = needDenseGradients(prunableWeights(model));
      const dense = await gradientsOf(model);
      end();
      expectClose(dense, expected);
      const sparse = await gradientsOf(model);
      const masks = prunableWeights(model).map(({mask}) => mask);
      const products = tf.tidy(() => expected.map((one, i) => tf.mul(one, tf.cast(masks[i], 'float32'))));
      expectClose(sparse, products);
      tf.dispose([expected, dense, sparse, products]);
      expect(counts()).toEqual(before);
      for (const one of [model, plain]) {
        one.dispose();
        one.optimizer.dispose();
      }
    },
  );

  it.each(Object.entries(networks))(
    'leaves regularizers without gradients by masked weights, in %s',
    async (_, make) => {
      const model = await masked(make());
      const regularized = await masked(make(l1));
      regularized.setWeights(model.getWeights());
      const weights = prunableWeights(regularized);
      const ends = [needDenseGradients(weights), needDenseGradients(prunableWeights(model))];
      const [some, all] = [await gradientsOf(regularized), await gradientsOf(model)];
      for (const end of ends) end();
      for (const [i, {mask}] of weights.entries()) {
        const distance = tf.tidy(() => tf.mul(tf.sub(some[i], all[i]), tf.sub(1, tf.cast(mask, 'float32'))));
        expect(largest(distance)).toBeLessThanOrEqual(1e-5 * largest(all[i]));
        tf.dispose(distance);
      }
      tf.dispose([some, all]);
      model.dispose();
      regularized.dispose();
    },
  );

  it('ends when every caller has ended, each once', async () => {
    const model = await masked(networks['dense layers']());
    const [weight] = prunableWeights(model);
    const zerosOf = async () => {
      const [gradient, ...others] = await gradientsOf(model);
      const zeros = gradient.dataSync().filter((value) => value === 0).length;
      tf.dispose([gradient, others]);
      return zeros / gradient.size;
    };
    const ends = [needDenseGradients([weight]), needDenseGradients([weight])];
    expect(await zerosOf()).toBeLessThan(0.5);
    ends[0]();
    ends[0]();
    expect(await zerosOf()).toBeLessThan(0.5);
    ends[1]();
    expect(await zerosOf()).toBeGreaterThanOrEqual(0.9);
    model.dispose();
  });
});

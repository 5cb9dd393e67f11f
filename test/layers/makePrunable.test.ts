import * as tf from '@tensorflow/tfjs';
import {prune} from 'tfjs-pruning';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {backends, useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {gradientsOf, masksOf, mlp, outputsOf, seeded} from '../support/models';

type Layer = tf.layers.Layer;
const penalized = {kernelRegularizer: tf.regularizers.l1l2({l1: 0.1, l2: 0.2})};

/** The prunable layer, the plain layer and an input shape, for each kind and its variants. */
const layers: [name: string, make: (seed: object) => [prunable: Layer, plain: Layer], shape: number[]][] = [
  ...[
    {units: 3},
    {units: 3, useBias: false},
    {units: 3, activation: 'tanh' as const},
    {units: 3, ...penalized},
    {units: 3, kernelRegularizer: 'l1l2' as const, biasRegularizer: 'l1l2' as const},
  ].map((args): (typeof layers)[number] => [
    `dense ${JSON.stringify(args)}`,
    (seed) => [
      prunableDense({...args, inputShape: [6], ...seed}),
      tf.layers.dense({...args, inputShape: [6], ...seed}),
    ],
    [4, 6],
  ]),
  ...[
    {filters: 3, kernelSize: 3},
    {filters: 3, kernelSize: [2, 3] as [number, number], strides: 2, padding: 'same' as const},
    {filters: 2, kernelSize: 1, useBias: false, activation: 'relu' as const},
    {filters: 2, kernelSize: 3, ...penalized},
  ].map((args): (typeof layers)[number] => [
    `conv2d ${JSON.stringify(args)}`,
    (seed) => [
      prunableConv2d({...args, inputShape: [6, 6, 2], ...seed}),
      tf.layers.conv2d({...args, inputShape: [6, 6, 2], ...seed}),
    ],
    [2, 6, 6, 2],
  ]),
];

const seeds = () => ({kernelInitializer: seeded(11), biasInitializer: seeded(12)});
const input = (shape: number[]) => tf.randomNormal(shape, 0, 1, 'float32', 13);
const modelOf = (layer: Layer) => tf.sequential({layers: [layer]});

describe.each(layers)('%s', (_, make, shape) => {
  it('with a mask of ones has the outputs and the gradients of the plain layer', () => {
    const [masked, plain] = make(seeds()).map(modelOf);
    expect(outputsOf(masked, input(shape))).toEqual(outputsOf(plain, input(shape)));
    expect(gradientsOf(masked, input(shape))).toEqual(gradientsOf(plain, input(shape)));
  });

  it('has a gradient of exactly 0 for masked elements, and the plain gradient for the others', async () => {
    const [masked, plain] = make(seeds()).map(modelOf);
    await prune(masked, 0.5);
    const kernel = tf.mul(
      masked.getWeights()[0],
      tf.tensor(masksOf(masked)[0]).reshape(masked.getWeights()[0].shape),
    );
    plain.setWeights([kernel, ...plain.getWeights().slice(1)]);
    const [[gradient, ...others], [expected, ...otherExpected]] = [masked, plain].map((model) =>
      gradientsOf(model, input(shape)),
    );
    const mask = masksOf(masked)[0];
    expect(mask.filter((bit) => bit === 0)).toHaveLength(mask.length / 2);
    gradient.forEach((value, i) => {
      // A zero of either sign.
      expect(Math.abs(value)).toBe(mask[i] === 0 ? 0 : Math.abs(expected[i]));
    });
    expect(others).toEqual(otherExpected);
  });

  it('computes with weight · mask for any stored values', async () => {
    const [masked] = make(seeds()).map(modelOf);
    await prune(masked, 0.5);
    const before = [outputsOf(masked, input(shape)), gradientsOf(masked, input(shape))];
    const [kernel, ...rest] = masked.getWeights();
    const bits = tf.tensor(masksOf(masked)[0]).reshape(kernel.shape);
    masked.setWeights([tf.add(kernel, tf.mul(tf.sub(1, bits), 7)), ...rest]);
    expect([outputsOf(masked, input(shape)), gradientsOf(masked, input(shape))]).toEqual(before);
  });

  it('uses a changed mask immediately', () => {
    const [masked, plain] = make(seeds()).map(modelOf);
    const x = input(shape);
    const before = [outputsOf(masked, x), gradientsOf(masked, x)];
    const weights = masked.getWeights();
    const [values, masks] = [weights.slice(0, weights.length / 2), weights.slice(weights.length / 2)];
    const [kernel] = values;
    masked.setWeights([...values, tf.zeros(kernel.shape, 'bool'), ...masks.slice(1)]);
    plain.setWeights([tf.zeros(kernel.shape), ...values.slice(1)]);
    expect(outputsOf(masked, x)).toEqual(outputsOf(plain, x));
    expect(gradientsOf(masked, x)[0].every((value) => Math.abs(value) === 0)).toBe(true);
    masked.setWeights([...values, tf.ones(kernel.shape, 'bool'), ...masks.slice(1)]);
    expect([outputsOf(masked, x), gradientsOf(masked, x)]).toEqual(before);
  });

  it('leaks no tensors in calls and on disposal', async () => {
    const x = input(shape);
    await expectNoLeakedTensors(async () => {
      const [masked, plain] = make(seeds()).map(modelOf);
      await expectNoLeakedTensors(() => [outputsOf(masked, x), gradientsOf(masked, x)]);
      masked.dispose();
      plain.dispose();
    });
  });
});

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it('a masked dense network has a gradient of exactly 0 for masked elements', async () => {
    const model = mlp({kernelRegularizer: 'l1l2'});
    await prune(model, 0.5);
    const [hidden, , output] = gradientsOf(model, input([8, 4]));
    masksOf(model).forEach((mask, i) => {
      const gradient = [hidden, output][i];
      expect(gradient.map((value) => Math.abs(value) > 0)).toEqual(mask.map((bit) => bit === 1));
    });
  });
});

it('a mask has dtype bool and is not trainable', () => {
  const [layer] = mlp().layers;
  expect(layer.getWeights().map(({dtype, shape}) => [dtype, shape])).toEqual([
    ['float32', [4, 6]],
    ['float32', [6]],
    ['bool', [4, 6]],
    ['bool', [6]],
  ]);
  expect(layer.trainableWeights).toHaveLength(2);
  layer.trainable = false;
  layer.trainable = true;
  expect(layer.trainableWeights).toHaveLength(2);
});

it('a layer is unchanged after its call throws', async () => {
  const model = mlp();
  await prune(model, 0.5);
  const before = outputsOf(model);
  const kernel = model.layers[0].trainableWeights[0];
  const own = Object.getOwnPropertyNames(kernel);
  expect(() => model.layers[0].call(tf.ones([2, 9]), {})).toThrow();
  expect(Object.getOwnPropertyNames(kernel)).toEqual(own);
  expect(outputsOf(model)).toEqual(before);
});

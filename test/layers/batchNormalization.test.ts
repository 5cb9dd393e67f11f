import * as tf from '@tensorflow/tfjs';
import {channel, prune, report, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import '../support/cpu';
import {outputsOf} from '../support/models';
import {saveAndLoad} from '../support/saving';

const {layers} = tf;
const random = (seed: number) => tf.initializers.randomNormal({seed});
const x = tf.randomNormal([4, 6, 6, 2], 0, 1, 'float32', 1);

/** A convolution, a batch norm that has learned something, and a layer that makes the output. */
function network(args: object = {}): tf.LayersModel {
  const input = tf.input({shape: [6, 6, 2]});
  const conv = layers.conv2d({
    name: 'conv',
    filters: 4,
    kernelSize: 3,
    kernelInitializer: random(2),
    biasInitializer: random(3),
  });
  const norm = layers.batchNormalization({
    name: 'norm',
    gammaInitializer: random(4),
    betaInitializer: random(5),
    movingMeanInitializer: random(6),
    ...args,
  });
  const flat = layers.flatten().apply(norm.apply(conv.apply(input)));
  const out = layers.dense({units: 2, kernelInitializer: random(7)}).apply(flat) as tf.SymbolicTensor;
  return tf.model({inputs: input, outputs: out});
}

/** Which channels are 0 everywhere after the norm. */
function silent(model: tf.LayersModel): boolean[] {
  const norm = tf.model({inputs: model.inputs, outputs: model.getLayer('norm').output as tf.SymbolicTensor});
  return tf.tidy(() => {
    const channels = (norm.predict(x) as tf.Tensor).reshape([-1, 4]).transpose().arraySync() as number[][];
    return channels.map((values) => values.every((value) => value === 0));
  });
}

const count = (flags: boolean[]) => flags.filter(Boolean).length;

it('a channel that channel() prunes is exactly 0 after the batch norm, and stays so in training', async () => {
  const model = await prunable(network());
  expect(count(silent(model))).toBe(0);
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  await model.trainOnBatch(x, tf.ones([4, 2]));
  await prune(model, 0.5, {pattern: channel()});
  const pruned = silent(model);
  expect(count(pruned)).toBe(2);
  for (let step = 0; step < 3; step++) {
    await model.trainOnBatch(x, tf.ones([4, 2]));
    expect(silent(model)).toEqual(pruned);
  }
});

it('pruning elements leaves the batch norm alone', async () => {
  const model = await prunable(network());
  await prune(model, 0.9, {where: ['conv']});
  expect(count(silent(model))).toBe(0);
});

it('gamma and beta are never scored, nor counted', async () => {
  const model = await prunable(network());
  expect(report(model).weights.map(({layer}) => layer)).not.toContain('norm');
  expect(report(model).skipped).toEqual([]);
});

it.each([[{scale: false}], [{center: false}], [{scale: false, center: false}]])(
  'works with a batch norm of %j',
  async (args) => {
    const model = await prunable(network(args));
    await prune(model, 0.5, {pattern: channel()});
    expect(outputsOf(await strip(model), x)).toEqual(outputsOf(model, x));
  },
);

it('masks of a batch norm are saved, loaded, and baked in by strip', async () => {
  const model = await prunable(network());
  await prune(model, 0.5, {pattern: channel()});
  const outputs = outputsOf(model, x);
  const loaded = await saveAndLoad(model);
  expect(outputsOf(loaded, x)).toEqual(outputs);
  expect(silent(loaded)).toEqual(silent(model));
  const plain = await strip(model);
  expect(plain.getLayer('norm').getClassName()).toBe('BatchNormalization');
  expect(outputsOf(plain, x)).toEqual(outputs);
});

it('a batch norm that two layers feed is left alone, as the other may need the channel', async () => {
  const input = tf.input({shape: [6, 6, 2]});
  const conv = (name: string) => layers.conv2d({name, filters: 4, kernelSize: 3}).apply(input);
  const norm = layers.batchNormalization({name: 'norm'});
  const outputs = ['one', 'two'].map((name) => norm.apply(conv(name))) as tf.SymbolicTensor[];
  const model = await prunable(tf.model({inputs: input, outputs}));
  await prune(model, 0.5, {pattern: channel(), where: ['one']});
  const masks = model.getLayer('norm').weights.filter(({dtype}) => dtype === 'bool');
  expect(masks.map((mask) => [...mask.read().dataSync()])).toEqual([
    [1, 1, 1, 1],
    [1, 1, 1, 1],
  ]);
});

it('a model with nothing but batch norms has nothing to mask', async () => {
  const model = tf.sequential({layers: [layers.batchNormalization({inputShape: [3]})]});
  await expect(prunable(model)).rejects.toThrow('no layer of model');
});

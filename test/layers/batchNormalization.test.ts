import * as tf from '@tensorflow/tfjs';
import {
  channel,
  compact,
  compactReport,
  decode,
  encode,
  prune,
  recalibrate,
  report,
  strip,
} from 'tfjs-pruning';
import {prunable, prunableConv2d} from 'tfjs-pruning/layers';
import '../support/cpu';
import {outputsOf} from '../support/models';
import {saveAndLoad} from '../support/saving';

const {layers} = tf;
const random = (seed: number) => tf.initializers.randomNormal({seed});
const x = tf.randomNormal([4, 6, 6, 2], 0, 1, 'float32', 1);

/** A convolution, a trained batch norm, and an output layer. */
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

/** The channels that are 0 everywhere after the norm. */
function silent(model: tf.LayersModel): boolean[] {
  const norm = tf.model({inputs: model.inputs, outputs: model.getLayer('norm').output as tf.SymbolicTensor});
  return tf.tidy(() => {
    const channels = (norm.predict(x) as tf.Tensor).reshape([-1, 4]).transpose().arraySync() as number[][];
    return channels.map((values) => values.every((value) => value === 0));
  });
}

const count = (flags: boolean[]) => flags.filter(Boolean).length;

/** The parameters that a norm may lack. */
const kinds = [{}, {scale: false}, {center: false}, {scale: false, center: false}];

describe.each(kinds)('with a batch norm of %j', (args) => {
  it('a channel that channel() prunes is exactly 0 after the norm, and remains so in training', async () => {
    const model = await prunable(network(args));
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
    await recalibrate(model, x);
    expect(silent(model)).toEqual(pruned);
  });

  it('a pruned channel is 0 after saving, loading and stripping, and in a sparse file', async () => {
    const model = await prunable(network(args));
    await prune(model, 0.5, {pattern: channel()});
    const outputs = outputsOf(model, x);
    const plain = await strip(model);
    expect(plain.getLayer('norm').getClassName()).toBe('BatchNormalization');
    const same = [
      await saveAndLoad(model),
      plain,
      await saveAndLoad(plain),
      await prunable(plain),
      await decode(await encode(model)),
    ];
    for (const one of same) {
      expect(silent(one)).toEqual(silent(model));
      expect(outputsOf(one, x)).toEqual(outputs);
    }
  });

  it('a pruned channel is 0 through a chain of layers that keep zeros', async () => {
    const norm = (name: string) =>
      layers.batchNormalization({
        name,
        movingMeanInitializer: random(8),
        betaInitializer: random(9),
        ...args,
      });
    const depthwise = layers.depthwiseConv2d({kernelSize: 3, padding: 'same', biasInitializer: random(9)});
    const chain = [norm('first'), layers.reLU(), depthwise, norm('second'), layers.elu(), norm('norm')];
    const conv = {filters: 4, kernelSize: 3, kernelInitializer: random(2), biasInitializer: random(3)};
    const model = await prunable(
      tf.sequential({layers: [layers.conv2d({inputShape: [6, 6, 2], name: 'conv', ...conv}), ...chain]}),
    );
    await prune(model, 0.5, {pattern: channel(), where: ['conv']});
    expect(count(silent(model))).toBe(2);
  });
});

it('a constant that is not 0 is normalized by its mean, as it is in training', async () => {
  const model = await prunable(
    tf.sequential({
      layers: [
        layers.conv2d({
          name: 'conv',
          filters: 4,
          kernelSize: 3,
          activation: 'sigmoid',
          inputShape: [6, 6, 2],
        }),
        layers.batchNormalization({name: 'norm', scale: false, movingMeanInitializer: random(1)}),
        layers.flatten(),
        layers.dense({units: 2}),
      ],
    }),
  );
  await prune(model, 0.5, {pattern: channel()});
  const [mean] = model.getLayer('norm').weights.filter(({name}) => name.includes('moving_mean_mask'));
  expect([...mean.read().dataSync()]).toEqual([1, 1, 1, 1]);
});

it('prunable() adds masks to plain norms of a model with prunable layers', async () => {
  const model = tf.sequential({
    layers: [
      prunableConv2d({name: 'conv', filters: 4, kernelSize: 3, inputShape: [6, 6, 2]}),
      layers.batchNormalization({name: 'norm', movingMeanInitializer: random(1), scale: false}),
      prunableConv2d({filters: 3, kernelSize: 3, padding: 'same'}),
      layers.flatten(),
    ],
  });
  await prune(model, 0.5, {pattern: channel()});
  expect(compactReport(await compact(model)).whole).toContainEqual({
    layer: 'norm',
    reason:
      '1 channel is constant but not 0 after it, as it has no masks; use prunable() or prunableBatchNormalization',
  });
  const masked = await prunable(model);
  expect(masked.getLayer('norm').getClassName()).toBe('PrunableBatchNormalization');
  expect(outputsOf(masked, x)).toEqual(outputsOf(model, x));
  await prune(masked, 0.5, {pattern: channel()});
  expect(count(silent(masked))).toBe(2);
  const compacted = compactReport(await compact(masked));
  expect(compacted.layers[0]).toMatchObject({layer: 'conv', after: 2});
  expect(compacted.whole.map(({layer}) => layer)).not.toContain('norm');
});

it('pruning elements leaves the batch norm unchanged', async () => {
  const model = await prunable(network());
  await prune(model, 0.9, {where: ['conv']});
  expect(count(silent(model))).toBe(0);
});

it('gamma and beta are never scored, nor counted', async () => {
  const model = await prunable(network());
  expect(report(model).weights.map(({layer}) => layer)).not.toContain('norm');
  expect(report(model).skipped).toEqual([]);
});

it('a batch norm of two layers is unchanged, as the other layer may use the channel', async () => {
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

it('a model with only batch norms has nothing to mask', async () => {
  const model = tf.sequential({layers: [layers.batchNormalization({inputShape: [3]})]});
  await expect(prunable(model)).rejects.toThrow('no layer of model');
});

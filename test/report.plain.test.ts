import * as tf from '@tensorflow/tfjs';
import {
  channel,
  compact,
  compactReport,
  prune,
  type Report,
  report,
  sparsify,
  strip,
  threshold,
} from 'tfjs-pruning';
import {prunable, prunableDense} from 'tfjs-pruning/layers';
import {architectures, Doubled} from './support/architectures';
import {expectNoLeakedTensors} from './support/memory';
import {convNet, seeded} from './support/models';

const apply = (layer: tf.layers.Layer, input: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
  layer.apply(input) as tf.SymbolicTensor;

it.each(architectures)('report() counts the zeros of %s, stripped, like its masks', async (_, make) => {
  const masked = await prunable(make());
  await prune(masked, 0.5);
  const before = report(masked);
  const names = new Set(before.weights.map(({name}) => name));
  const after = report(await strip(masked));
  expect(after.weights.filter(({name}) => names.has(name))).toEqual(before.weights);
  // Layers without a prunable counterpart are counted only if nothing has a mask.
  const others = after.weights.filter(({name}) => !names.has(name)).map(({layer}) => layer);
  expect([...new Set(others)]).toEqual(before.skipped.map(({layer}) => layer));
  expect(after.skipped).toEqual([]);
});

it.each([
  ['a dense layer', [tf.layers.dense({units: 4, inputShape: [5, 3], name: 'a'})], [['a/kernel', '3,4', 60]]],
  [
    'a convolution',
    [tf.layers.conv2d({filters: 2, kernelSize: 3, inputShape: [7, 7, 1], name: 'a'})],
    [['a/kernel', '3,3,1,2', 18 * 25]],
  ],
  [
    'a separable convolution',
    [tf.layers.separableConv2d({filters: 2, kernelSize: 3, inputShape: [7, 7, 3], name: 'a'})],
    [
      ['a/depthwiseKernel', '3,3,3,1', 27 * 25],
      ['a/pointwiseKernel', '1,1,3,2', 6 * 25],
    ],
  ],
  [
    'an LSTM',
    [tf.layers.lstm({units: 2, inputShape: [5, 3], name: 'a'})],
    [
      ['a/kernel', '3,8', 24 * 5],
      ['a/recurrentKernel', '2,8', 16 * 5],
    ],
  ],
  [
    'both ways',
    [
      tf.layers.bidirectional({
        layer: tf.layers.gru({units: 2, name: 'b'}),
        inputShape: [5, 3],
        mergeMode: 'sum',
        name: 'a',
      }),
    ],
    [
      ['a/forward_b/kernel', '3,6', 18 * 5],
      ['a/forward_b/recurrentKernel', '2,6', 12 * 5],
      ['a/backward_b/kernel', '3,6', 18 * 5],
      ['a/backward_b/recurrentKernel', '2,6', 12 * 5],
    ],
  ],
  [
    'a layer at each step',
    [tf.layers.timeDistributed({layer: tf.layers.dense({units: 4}), inputShape: [5, 3], name: 'a'})],
    [['a/kernel', '3,4', 60]],
  ],
  [
    'an embedding',
    [tf.layers.embedding({inputDim: 9, outputDim: 2, inputLength: 4, name: 'a'})],
    [['a/embeddings', '9,2', 0]],
  ],
  ['a custom layer', [new Doubled({inputShape: [4], name: 'a'})], [['a/matrix', '4,4', 16]]],
  ['a batch norm alone', [tf.layers.batchNormalization({inputShape: [4]})], []],
  ['no weights', [tf.layers.flatten({inputShape: [4, 4]})], []],
] as [string, tf.layers.Layer[], unknown[][]][])(
  'report() lists the weights of a plain model of %s',
  (_, layers, expected) => {
    const {weights, total} = report(tf.sequential({layers}));
    expect(weights.map(({name, shape, macs}) => [name, `${shape}`, macs])).toEqual(expected);
    expect(total.sparsity).toBe(0);
    expect(total.kept).toBe(total.size);
  },
);

it('report() counts zeros of both signs of a plain model, and bytes and MACs of its nonzeros', () => {
  const model = tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [4], name: 'only'})]});
  model.setWeights([tf.tensor2d([0, -0, 1, Number.NaN, 1e-30, 0, 2, 3], [4, 2]), tf.zeros([2])]);
  const {weights, total, skipped} = report(model);
  const figures = {size: 8, kept: 5, sparsity: 3 / 8, macs: 5, bytes: 20};
  expect(weights).toEqual([{name: 'only/kernel', layer: 'only', shape: [4, 2], ...figures}]);
  expect(total).toEqual(figures);
  expect(skipped).toEqual([]);
  expect(`${report(model)}`.split('\n').at(-1)).toMatch(/^total +8 +5 +37\.50 % +5 +20$/);
});

it('report() counts a plain model again after its weights change', async () => {
  const model = tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [2]})]});
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  model.setWeights([tf.zeros([2, 2]), tf.zeros([2])]);
  expect(report(model).total.sparsity).toBe(1);
  await model.fit(tf.ones([4, 2]), tf.ones([4, 2]), {epochs: 1, verbose: 0});
  expect(report(model).total.sparsity).toBe(0);
});

it('report() of a compact model agrees with the report of compact()', async () => {
  const model = convNet();
  await prune(model, 0.5, {pattern: channel()});
  const small = await compact(model);
  const {total, weights} = report(small);
  expect(total.macs).toBe(compactReport(small).after.macs);
  expect(total.size).toBe(compactReport(small).after.parameters - 2 - 3);
  expect(weights.map(({shape}) => shape)).toEqual([
    [3, 3, 2, 2],
    [32, 3],
  ]);
});

it('report() of a model that sparsify() leaves dense lists its weights', async () => {
  const fast = await sparsify(
    tf.sequential({layers: [tf.layers.simpleRNN({units: 2, inputShape: [3, 2], name: 'only'})]}),
  );
  expect(report(fast).weights.map(({name}) => name)).toEqual(['only/kernel', 'only/recurrentKernel']);
});

it('report() counts shared layers and nested models of a plain model once, with the MACs of each call', () => {
  const inner = tf.sequential({
    name: 'inner',
    layers: [tf.layers.dense({units: 3, inputShape: [3], name: 'd', kernelInitializer: seeded(1)})],
  });
  const input = tf.input({shape: [3]});
  const shared = tf.layers.dense({units: 3, name: 'shared'});
  const outputs = apply(shared, apply(inner, apply(shared, apply(inner, input))));
  expect(report(tf.model({inputs: input, outputs})).weights).toMatchObject([
    {name: 'inner/d/kernel', layer: 'inner/d', size: 9, macs: 18},
    {name: 'shared/kernel', size: 9, macs: 18},
  ]);
});

describe('a model with masks in some of its layers', () => {
  let found: Report;
  beforeAll(async () => {
    const plain = tf.layers.dense({units: 4, name: 'plain', kernelInitializer: 'zeros'});
    const model = tf.sequential({
      layers: [prunableDense({units: 4, inputShape: [4], name: 'masked'}), plain],
    });
    await prune(model, threshold(1e9));
    found = report(model);
  });

  it('is counted by its masks alone, as in prune()', () => {
    expect(found.weights.map(({name}) => name)).toEqual(['masked/kernel']);
    expect(found.total).toMatchObject({size: 16, kept: 1});
  });

  it('has its other layers listed as skipped', () => {
    expect(found.skipped).toEqual([{layer: 'plain', reason: 'a plain Dense; prunable() gives it a mask'}]);
  });
});

it('report() of a plain model leaks no tensors', async () => {
  const model = await strip(convNet());
  await expectNoLeakedTensors(() => `${report(model)}`);
});

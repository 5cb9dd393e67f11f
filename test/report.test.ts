import * as tf from '@tensorflow/tfjs';
import {prune, report} from 'tfjs-pruning';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {Doubled} from './support/architectures';
import {expectNoLeakedTensors} from './support/memory';
import {convNet, mlp, oneDense} from './support/models';

const apply = (layer: tf.layers.Layer, input: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
  layer.apply(input) as tf.SymbolicTensor;

it('report() lists the size, MACs and bytes of each prunable weight', () => {
  // A filter of 3×3×2 slides over 4×4 positions.
  expect(report(convNet()).weights).toEqual([
    {
      name: 'conv/kernel',
      layer: 'conv',
      shape: [3, 3, 2, 4],
      size: 72,
      kept: 72,
      sparsity: 0,
      macs: 72 * 16,
      bytes: 288,
    },
    {
      name: 'output/kernel',
      layer: 'output',
      shape: [64, 3],
      size: 192,
      kept: 192,
      sparsity: 0,
      macs: 192,
      bytes: 768,
    },
  ]);
});

it('report() counts the elements that the masks keep', async () => {
  const model = convNet();
  await prune(model, 0.75, {where: ['conv']});
  const {weights, total} = report(model);
  expect(weights[0]).toMatchObject({size: 72, kept: 18, sparsity: 0.75, macs: 18 * 16, bytes: 72});
  expect(total).toEqual({
    size: 264,
    kept: 210,
    sparsity: 1 - 210 / 264,
    macs: 18 * 16 + 192,
    bytes: 840,
  });
});

it('report() counts elements of all prunable weights, like prune()', async () => {
  const model = mlp();
  const {sparsity} = await prune(model, 0.7);
  expect(report(model).total.sparsity).toBe(sparsity);
});

it('report() counts a zero that is not masked as kept', () => {
  expect(report(oneDense([[0, 0, 1]])).total).toMatchObject({size: 3, kept: 3, sparsity: 0});
});

it.each([
  ['valid', 2, 3 * 3],
  ['same', 2, 4 * 4],
  ['valid', 1, 5 * 5],
] as const)('MACs of a %s convolution at stride %i count its %i positions', (padding, strides, positions) => {
  const model = tf.sequential({
    layers: [prunableConv2d({filters: 2, kernelSize: 3, padding, strides, inputShape: [7, 7, 1]})],
  });
  expect(report(model).total.macs).toBe(18 * positions);
});

it('the MACs of a dense layer count each position at which it is applied', () => {
  const model = tf.sequential({layers: [prunableDense({units: 4, inputShape: [5, 3]})]});
  expect(report(model).total.macs).toBe(5 * 12);
});

it('report() counts dimensions of unknown size as 1', () => {
  const model = tf.sequential({
    layers: [prunableConv2d({filters: 2, kernelSize: 3, inputShape: [null, null, 1]})],
  });
  expect(report(model).total.macs).toBe(18);
});

it('a shared layer is one weight, whose MACs count each call', () => {
  const [a, b] = [tf.input({shape: [3]}), tf.input({shape: [3]})];
  const shared = prunableDense({units: 4, name: 'shared'});
  const joined = apply(tf.layers.concatenate(), [apply(shared, a), apply(shared, b)]);
  const model = tf.model({inputs: [a, b], outputs: apply(prunableDense({units: 1, name: 'out'}), joined)});
  expect(report(model).weights.map(({name, size, macs}) => [name, size, macs])).toEqual([
    ['shared/kernel', 12, 24],
    ['out/kernel', 8, 8],
  ]);
});

it('a layer shared with a nested model is one weight, whose MACs count the calls in both', () => {
  const [input, within] = [tf.input({shape: [3]}), tf.input({shape: [3]})];
  const shared = prunableDense({units: 3, name: 'shared'});
  const inner = tf.model({name: 'inner', inputs: within, outputs: apply(shared, within)});
  const model = tf.model({inputs: input, outputs: apply(shared, apply(inner, input))});
  expect(report(model).weights).toMatchObject([{layer: 'inner/shared', size: 9, macs: 18}]);
});

it('layers of nested models are named from the outside in, and a model called twice counts twice', () => {
  const inner = tf.sequential({
    name: 'inner',
    layers: [prunableDense({units: 3, inputShape: [3], name: 'd'})],
  });
  const input = tf.input({shape: [3]});
  const outputs = apply(inner, apply(inner, input));
  const {weights} = report(tf.model({inputs: input, outputs}));
  expect(weights).toMatchObject([{name: 'inner/d/kernel', layer: 'inner/d', size: 9, macs: 18}]);
});

it('report.skipped lists the layers without a mask, with reasons', () => {
  const model = tf.sequential({
    layers: [
      new Doubled({name: 'own', inputShape: [4]}),
      tf.layers.batchNormalization({name: 'norm'}),
      prunableDense({units: 4, name: 'masked'}),
      tf.layers.dense({units: 4, name: 'plain'}),
    ],
  });
  const {skipped, weights} = report(model);
  expect(skipped).toEqual([
    {layer: 'own', reason: 'Doubled has no prunable counterpart; makePrunable() makes one'},
    {layer: 'plain', reason: 'a plain Dense; prunable() gives it a mask'},
  ]);
  expect(weights.map(({layer}) => layer)).toEqual(['masked']);
});

describe('the table of a report', () => {
  const lines = async () => {
    const model = tf.sequential({
      layers: [
        prunableDense({units: 300, inputShape: [50], name: 'a-layer-with-a-long-name'}),
        prunableDense({units: 10, name: 'out'}),
        tf.layers.dense({units: 2, name: 'plain'}),
      ],
    });
    await prune(model, 0.5, {where: ['out']});
    return `${report(model)}`.split('\n');
  };

  it('has a line for each weight, the total, and each layer without a mask', async () => {
    const [head, first, second, total, ...rest] = (await lines()).filter((line) => !/^─+$/.test(line));
    expect(head).toMatch(/^weight +shape +size +kept +sparsity +MACs +bytes$/);
    expect(first).toMatch(
      /^a-layer-with-a-long-name\/kernel +50×300 +15,000 +15,000 +0\.00 % +15,000 +60,000$/,
    );
    expect(second).toMatch(/^out\/kernel +300×10 +3,000 +1,500 +50\.00 % +1,500 +6,000$/);
    expect(total).toMatch(/^total +18,000 +16,500 +8\.33 % +16,500 +66,000$/);
    expect(rest).toEqual(['not masked: plain, a plain Dense; prunable() gives it a mask']);
  });

  it('is aligned: every line is as long as the rule, and every column starts or ends at one position', async () => {
    const table = (await lines()).filter((line) => !line.startsWith('not masked'));
    expect(table[1]).toMatch(/^─+$/);
    expect(new Set(table.map(({length}) => length)).size).toBe(1);
    const rows = table.filter((line) => !line.startsWith('─'));
    expect(new Set(rows.slice(0, 3).map((line) => line.search(/shape|\d+×/))).size).toBe(1);
    const ends = rows.map((line) => [...line.matchAll(/\S(?= {2}|$)/g)].slice(-5).map(({index}) => index));
    expect(new Set(ends.map(String)).size).toBe(1);
  });
});

it('report() rejects everything but a LayersModel', () => {
  expect(() => report(undefined as never)).toThrow('report: expected a tf.LayersModel, got undefined');
  const graph = new tf.GraphModel('nowhere');
  expect(() => report(graph as never)).toThrow(/^report: a GraphModel cannot be pruned/);
});

it('report() leaks no tensors', async () => {
  const model = convNet();
  await expectNoLeakedTensors(() => `${report(model)}`);
});

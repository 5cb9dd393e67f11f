import * as tf from '@tensorflow/tfjs';
import {channel, compact, compactReport, global, prunableWeights, prune, report, strip} from 'tfjs-pruning';
import {prunable, prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import './support/cpu';
import {difference} from './support/compare';
import {outputsOf} from './support/models';
import {saveAndLoad} from './support/saving';

const {layers} = tf;
type Layer = tf.layers.Layer;
const apply = (layer: Layer, ...inputs: tf.SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tf.SymbolicTensor;

/** A Sequential of some layers. */
function chain(shape: number[], ...parts: Layer[]): tf.LayersModel {
  const input = tf.input({shape});
  return tf.model({inputs: input, outputs: parts.reduce((x, layer) => apply(layer, x), input)});
}

const dense = (name: string, units: number) => layers.dense({name, units});
const each = (name: string, layer: Layer | tf.LayersModel) =>
  layers.timeDistributed({name, layer: layer as Layer});
const sequence = (shape: number[], ...parts: Layer[]) => {
  const model = tf.sequential();
  model.add(layers.inputLayer({inputShape: shape}));
  for (const part of parts) model.add(part);
  return model;
};

/** The number of elements and multiplications of each weight. */
type Rows = Record<string, [size: number, macs: number]>;

const models: [title: string, make: () => tf.LayersModel, rows: Rows][] = [
  [
    'a Sequential in a TimeDistributed',
    () =>
      chain(
        [5, 3],
        each('each', sequence([3], dense('a', 6), dense('b', 4))),
        layers.flatten(),
        dense('c', 2),
      ),
    {'each/a/kernel': [18, 90], 'each/b/kernel': [24, 120], 'c/kernel': [40, 40]},
  ],
  [
    'a functional model of one layer in a TimeDistributed',
    () => chain([5, 3], each('each', chain([3], dense('a', 4)))),
    {'each/a/kernel': [12, 60]},
  ],
  [
    'a functional model that calls a layer twice in a TimeDistributed',
    () => {
      const shared = dense('a', 3);
      return chain([5, 3], each('each', chain([3], shared, shared, dense('b', 2))));
    },
    {'each/a/kernel': [9, 90], 'each/b/kernel': [6, 30]},
  ],
  [
    'a model in a model in a TimeDistributed',
    () => chain([5, 3], each('each', chain([3], sequence([3], dense('a', 4)), dense('b', 2)))),
    {'each/sequential/a/kernel': [12, 60], 'each/b/kernel': [8, 40]},
  ],
  [
    'a TimeDistributed in a TimeDistributed',
    () => chain([5, 4, 3], each('outer', each('inner', dense('a', 2)))),
    {'outer/kernel': [6, 120]},
  ],
  [
    'a Sequential in a TimeDistributed in a Sequential in a TimeDistributed',
    () =>
      chain(
        [5, 4, 3],
        each('outer', sequence([4, 3], each('inner', sequence([3], dense('a', 2), dense('b', 2))))),
      ),
    {'outer/inner/a/kernel': [6, 120], 'outer/inner/b/kernel': [4, 80]},
  ],
  [
    'a recurrent layer in a TimeDistributed',
    () => chain([5, 4, 3], each('each', layers.gru({units: 2}))),
    {'each/kernel': [18, 360], 'each/recurrentKernel': [12, 240]},
  ],
  [
    'a Bidirectional in a TimeDistributed',
    () =>
      chain(
        [5, 4, 3],
        each(
          'each',
          layers.bidirectional({
            layer: layers.simpleRNN({name: 'r', units: 2}) as never,
            mergeMode: 'concat',
          }),
        ),
      ),
    {
      'each/forward_r/kernel': [6, 120],
      'each/forward_r/recurrentKernel': [4, 80],
      'each/backward_r/kernel': [6, 120],
      'each/backward_r/recurrentKernel': [4, 80],
    },
  ],
  [
    'a stack of cells in a TimeDistributed',
    () =>
      chain(
        [5, 4, 3],
        each(
          'each',
          layers.rnn({
            cell: [
              layers.simpleRNNCell({name: 'one', units: 2}),
              layers.simpleRNNCell({name: 'two', units: 1}),
            ],
          }),
        ),
      ),
    {
      'each/one/kernel': [6, 120],
      'each/one/recurrentKernel': [4, 80],
      'each/two/kernel': [2, 40],
      'each/two/recurrentKernel': [1, 20],
    },
  ],
  [
    'a transposed convolution in a TimeDistributed',
    () => chain([5, 4, 4, 3], each('each', layers.conv2dTranspose({filters: 2, kernelSize: 2, strides: 2}))),
    {'each/kernel': [24, 24 * 16 * 5]},
  ],
  [
    'a separable convolution of a model in a TimeDistributed',
    () =>
      chain(
        [5, 4, 4, 2],
        each('each', sequence([4, 4, 2], layers.separableConv2d({name: 'a', filters: 3, kernelSize: 2}))),
      ),
    {'each/a/depthwiseKernel': [8, 8 * 9 * 5], 'each/a/pointwiseKernel': [6, 6 * 9 * 5]},
  ],
  [
    'a nested model that is called twice and has a model in a TimeDistributed',
    () => {
      const inner = chain([5, 3], each('each', sequence([3], dense('a', 4), dense('b', 3))));
      inner.name = 'inner';
      return chain([5, 3], inner, inner);
    },
    {'inner/each/a/kernel': [12, 120], 'inner/each/b/kernel': [12, 120]},
  ],
];

/** Models whose copies share fewer layers, because configurations of wrappers contain their layer. */
const shared: [title: string, make: () => tf.LayersModel, rows: Rows][] = [
  [
    'a layer in two wrappers',
    () => {
      const one = prunableDense({name: 'a', units: 3});
      return chain([5, 3], each('first', one), each('second', one));
    },
    {'first/kernel': [9, 90]},
  ],
  [
    'a layer in a wrapper and in the model',
    () => {
      const one = prunableDense({name: 'a', units: 3});
      return chain([5, 3], one, each('second', one));
    },
    {'a/kernel': [9, 90]},
  ],
  [
    'a layer called with images of two sizes',
    () => {
      const one = prunableConv2d({name: 'a', filters: 1, kernelSize: 1});
      return chain([4, 4, 1], one, layers.maxPooling2d({poolSize: 2}), one);
    },
    {'a/kernel': [1, 16 + 4]},
  ],
  [
    'a layer that another model also calls',
    () => {
      const one = prunableConv2d({name: 'a', filters: 1, kernelSize: 1});
      chain([8, 8, 1], one);
      return chain([4, 4, 1], one);
    },
    {'a/kernel': [1, 16]},
  ],
];

const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
const sizeOf = (rows: Rows) => sum(Object.values(rows).map(([size]) => size));
const macsOf = (rows: Rows) => sum(Object.values(rows).map(([, macs]) => macs));

/** The name of an unnamed Sequential has the number of earlier ones. */
const named = (name: string) => name.replace(/sequential_\w+/, 'sequential');

function expectReported(model: tf.LayersModel, rows: Rows): void {
  const {weights, total} = report(model);
  expect(Object.fromEntries(weights.map(({name, size, macs}) => [named(name), [size, macs]]))).toEqual(rows);
  expect(weights.length).toBe(Object.keys(rows).length);
  expect(total).toMatchObject({size: sizeOf(rows), macs: macsOf(rows)});
}

async function expectRows(model: tf.LayersModel, rows: Rows): Promise<void> {
  expectReported(model, rows);
  expect(prunableWeights(model).map(({name}) => named(name))).toEqual(Object.keys(rows));

  const {sparsity} = await prune(model, 2 / 3, {allocation: global()});
  const kept = Math.max(Object.keys(rows).length, Math.round(sizeOf(rows) / 3));
  expect(report(model).total.kept).toBe(kept);
  expect(sparsity).toBeCloseTo(1 - kept / sizeOf(rows), 12);
}

describe.each(models)('%s', (_, make, rows) => {
  it('lists each of its weights once, in reports and for global()', async () => {
    await expectRows(await prunable(make()), rows);
  });

  it('has the same rows in its report without masks', () => {
    expectReported(make(), rows);
  });

  it('has the same outputs with masks, pruned, loaded and stripped', async () => {
    const plain = make();
    const model = await prunable(plain);
    expect(outputsOf(model)).toEqual(outputsOf(plain));
    await prune(model, 0.5);
    const outputs = outputsOf(model);
    expect(outputsOf(await saveAndLoad(model))).toEqual(outputs);
    expect(outputsOf(await strip(model))).toEqual(outputs);
  });

  it('has each parameter and multiplication counted once by compact()', async () => {
    const plain = make();
    const parameters = plain.countParams();
    const model = await prunable(plain);
    await prune(model, 0.5, {pattern: channel(), where: () => true});
    const small = await compact(model);
    expect(compactReport(small).before).toMatchObject({parameters, macs: macsOf(rows)});
    expect(difference(small, model)).toBeLessThan(1e-6);
  });
});

describe.each(shared)('%s', (_, make, rows) => {
  it('is one weight, whose MACs count each call', async () => {
    await expectRows(make(), rows);
  });
});

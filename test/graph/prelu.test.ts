import * as tf from '@tensorflow/tfjs';
import {channel, compact, encode, prune} from 'tfjs-pruning';
import {conversionReport, toLayersModel} from 'tfjs-pruning/graph';
import {prunable} from 'tfjs-pruning/layers';
import {load} from 'tfjs-pruning/runtime';
import '../support/cpu';
import {outputsOfModule} from '../../bench/graphModels/withoutTfjs';
import {graphArtifacts, loadGraph, type Node} from '../support/graphModel';
import {numbers} from '../wasm/backends';

const slopes = [0.25, -0.5, 0.1, 2];
const perChannel = () => tf.tensor(slopes, [1, 1, 4]);
const window = {strides: {list: {i: ['1', '1', '1', '1']}}, padding: {s: btoa('SAME')}};

/** Ops after x, an output y, constants, and the slopes below 0 that y should have. */
type Row = [name: string, nodes: Node[], constants: () => Record<string, tf.Tensor>, alpha: number[]];

const positive: Node = ['p', 'Relu', ['x']];
const below: Node[] = [
  ['m', 'Neg', ['x']],
  ['n', 'Relu', ['m']],
];
const a = () => ({a: perChannel()});
const minusA = () => ({a: tf.neg(perChannel())});

const rows: Row[] = [
  [
    'Relu(x) − α · Relu(−x)',
    [positive, ...below, ['t', 'Mul', ['a', 'n']], ['y', 'Sub', ['p', 't']]],
    a,
    slopes,
  ],
  [
    'Relu(x) + (−α) · Relu(−x)',
    [positive, ...below, ['t', 'Mul', ['a', 'n']], ['y', 'Add', ['p', 't']]],
    minusA,
    slopes,
  ],
  [
    '(−α) · Relu(−x) + Relu(x)',
    [positive, ...below, ['t', 'Mul', ['n', 'a']], ['y', 'AddV2', ['t', 'p']]],
    minusA,
    slopes,
  ],
  [
    '−(α · Relu(−x)) + Relu(x)',
    [positive, ...below, ['t', 'Mul', ['a', 'n']], ['u', 'Neg', ['t']], ['y', 'AddV2', ['u', 'p']]],
    a,
    slopes,
  ],
  [
    'Relu(x) − α · Relu(−1 · x)',
    [
      positive,
      ['m', 'Mul', ['x', 'one']],
      ['n', 'Relu', ['m']],
      ['t', 'Mul', ['a', 'n']],
      ['y', 'Sub', ['p', 't']],
    ],
    () => ({...a(), one: tf.scalar(-1)}),
    slopes,
  ],
  [
    'max(0, x) + α · min(0, x)',
    [
      ['p', 'Maximum', ['o', 'x']],
      ['n', 'Minimum', ['x', 'o']],
      ['t', 'Mul', ['n', 'a']],
      ['y', 'AddV2', ['p', 't']],
    ],
    () => ({...a(), o: tf.scalar(0)}),
    slopes,
  ],
  [
    'Relu(x) + α · (x − |x|)',
    [
      positive,
      ['b', 'Abs', ['x']],
      ['d', 'Sub', ['x', 'b']],
      ['t', 'Mul', ['d', 'a']],
      ['y', 'AddV2', ['p', 't']],
    ],
    a,
    slopes.map((value) => 2 * value),
  ],
  [
    'x + α · (x − |x|)',
    [
      ['b', 'Abs', ['x']],
      ['d', 'Sub', ['x', 'b']],
      ['t', 'Mul', ['d', 'a']],
      ['y', 'AddV2', ['x', 't']],
    ],
    a,
    slopes.map((value) => 1 + 2 * value),
  ],
  ['the op Prelu', [['y', 'Prelu', ['x', 'a']]], a, slopes],
];

/** Other functions that are nearly the same. */
const others: [name: string, nodes: Node[], classes: string[]][] = [
  [
    '2 · Relu(x) − α · Relu(−x)',
    [positive, ...below, ['q', 'Add', ['p', 'p']], ['t', 'Mul', ['a', 'n']], ['y', 'Sub', ['q', 't']]],
    [],
  ],
  [
    'Relu(x) − α · Relu(−2 − x)',
    [
      positive,
      ['m', 'Sub', ['two', 'x']],
      ['n', 'Relu', ['m']],
      ['t', 'Mul', ['a', 'n']],
      ['y', 'Sub', ['p', 't']],
    ],
    [],
  ],
  [
    'max(x, 0.2 · x)',
    [
      ['s', 'Mul', ['x', 'fifth']],
      ['y', 'Maximum', ['x', 's']],
    ],
    ['LeakyReLU'],
  ],
  ['max(x, 0)', [['y', 'Maximum', ['x', 'zero']]], ['Activation']],
];
const constantsOfOthers = (): Record<string, tf.Tensor> => ({
  ...a(),
  two: tf.scalar(-2),
  fifth: tf.scalar(0.2),
  zero: tf.scalar(0),
});

const shape = [-1, 3, 3, 4];
const classesOf = (model: tf.LayersModel) => model.layers.slice(1).map((layer) => layer.getClassName());

async function expectSame(found: tf.Tensor, expected: tf.Tensor): Promise<void> {
  const difference = tf.max(tf.abs(tf.sub(tf.reshape(found, expected.shape), expected)));
  expect((await difference.data())[0]).toBeLessThan(1e-5);
}

/** Expects the outputs of a graph from the model made of it. */
async function expectOutputsOf(artifacts: tf.io.ModelArtifacts, model: tf.LayersModel): Promise<void> {
  const x = numbers([2, 3, 3, 4], 5);
  const graph = await loadGraph(artifacts);
  await expectSame(model.predict(x) as tf.Tensor, graph.execute({x}, 'y') as tf.Tensor);
}

it.each(rows)('%s is one layer PReLU with a slope for each channel', async (_, nodes, constants, alpha) => {
  const artifacts = await graphArtifacts(shape, nodes, constants());
  const model = await toLayersModel(artifacts, {outputs: ['y']});
  expect(classesOf(model)).toEqual(['PReLU']);
  const [weight] = model.getWeights();
  expect(weight.shape).toEqual([1, 1, 4]);
  await expectSame(weight, tf.tensor(alpha, [1, 1, 4]));
  expect(model.trainableWeights).toHaveLength(1);
  await expectOutputsOf(artifacts, model);
});

it.each(others)('%s has the same outputs, and no PReLU', async (_, nodes, classes) => {
  const artifacts = await graphArtifacts(shape, nodes, constantsOfOthers());
  const model = await toLayersModel(artifacts, {outputs: ['y']});
  expect(classesOf(model)).not.toContain('PReLU');
  if (classes.length > 0) expect(classesOf(model)).toEqual(classes);
  await expectOutputsOf(artifacts, model);
});

it('a Prelu of channels in front, between transposes, is one layer without them', async () => {
  const order = (...axes: number[]) => tf.tensor1d(axes, 'int32');
  const artifacts = await graphArtifacts(
    shape,
    [
      ['f', 'Transpose', ['x', 'first']],
      ['p', 'Prelu', ['f', 'a']],
      ['y', 'Transpose', ['p', 'last']],
    ],
    {a: tf.tensor(slopes, [4, 1, 1]), first: order(0, 3, 1, 2), last: order(0, 2, 3, 1)},
  );
  const model = await toLayersModel(artifacts, {outputs: ['y']});
  expect(classesOf(model)).toEqual(['PReLU']);
  expect(model.getWeights()[0].shape).toEqual([1, 1, 4]);
  await expectOutputsOf(artifacts, model);
});

it('slopes that would add a dimension are not folded into a layer that has none', async () => {
  const [, nodes, constants] = rows[0];
  const model = await toLayersModel(await graphArtifacts([-1, 4], nodes, constants()), {outputs: ['y', 'p']});
  expect(classesOf(model)).toEqual(['Activation']);
  expect(conversionReport(model).outside).toMatchObject([
    {node: 'y', reason: 'its slopes have the shape [1,1,4], and its input [1,4]'},
  ]);
});

it('a value that another node takes is computed as well', async () => {
  const [, nodes, constants] = rows[0];
  const artifacts = await graphArtifacts(
    shape,
    [...nodes.slice(0, -1), ['v', 'Sub', ['p', 't']], ['y', 'Mul', ['v', 'p']]],
    constants(),
  );
  const model = await toLayersModel(artifacts, {outputs: ['y']});
  expect(classesOf(model)).toEqual(['PReLU', 'Activation', 'Multiply']);
  await expectOutputsOf(artifacts, model);
});

it('compact, the runtime and ship agree on a PReLU between convolutions', async () => {
  const [, nodes, constants] = rows[0];
  const renamed = nodes.map(
    ([name, op, input]): Node => [name, op, input.map((one) => (one === 'x' ? 'c' : one))],
  );
  const artifacts = await graphArtifacts(
    [-1, 3, 3, 2],
    [['c', 'Conv2D', ['x', 'f'], window], ...renamed, ['z', 'Conv2D', ['y', 'g'], window]],
    {...constants(), f: numbers([1, 1, 2, 4], 1), g: numbers([3, 3, 4, 3], 2)},
  );
  const model = await prunable(await toLayersModel(artifacts));
  expect(classesOf(model)).toEqual(['PrunableConv2D', 'PReLU', 'PrunableConv2D']);
  await prune(model, 0.5, {pattern: channel()});
  const x = numbers([2, 3, 3, 2], 5);
  const expected = model.predict(x) as tf.Tensor;
  const small = await compact(model);
  expect(small.layers.find((layer) => layer.getClassName() === 'PReLU')?.getWeights()[0].shape).toEqual([
    1, 1, 2,
  ]);
  await expectSame(small.predict(x) as tf.Tensor, expected);
  const net = await load(await encode(small));
  await expectSame(
    tf.tensor(net.predict({values: await x.data(), shape: x.shape})),
    tf.reshape(expected, [-1]),
  );
  await expectSame((await outputsOfModule(small, {x}))[0], tf.reshape(expected, [-1]));
});

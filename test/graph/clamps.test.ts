import * as tf from '@tensorflow/tfjs';
import {toLayersModel} from 'tfjs-pruning/graph';
import '../support/cpu';
import {graphArtifacts, loadGraph, type Node} from '../support/graphModel';
import {numbers} from '../wasm/backends';

const rows: [name: string, nodes: Node[], classes: string[]][] = [
  ['max(x, 0)', [['y', 'Maximum', ['x', 'zero']]], ['relu']],
  [
    'min(Relu(x), 6)',
    [
      ['r', 'Relu', ['x']],
      ['y', 'Minimum', ['six', 'r']],
    ],
    ['relu6'],
  ],
  [
    'max(0, min(x, 6))',
    [
      ['m', 'Minimum', ['x', 'six']],
      ['y', 'Maximum', ['zero', 'm']],
    ],
    ['relu6'],
  ],
  [
    'min(max(x, 0), 6)',
    [
      ['m', 'Maximum', ['x', 'zero']],
      ['y', 'Minimum', ['m', 'six']],
    ],
    ['relu6'],
  ],
  [
    'max(min(Relu(x), 6), 0)',
    [
      ['r', 'Relu', ['x']],
      ['m', 'Minimum', ['r', 'six']],
      ['y', 'Maximum', ['m', 'zero']],
    ],
    ['relu6'],
  ],
  ['min(x, 6)', [['y', 'Minimum', ['x', 'six']]], ['ScalarOp']],
  [
    'min(max(x, 0), 3)',
    [
      ['m', 'Maximum', ['x', 'zero']],
      ['y', 'Minimum', ['m', 'three']],
    ],
    ['relu', 'ScalarOp'],
  ],
  [
    'max(min(x, 0), 6)',
    [
      ['m', 'Minimum', ['x', 'zero']],
      ['y', 'Maximum', ['m', 'six']],
    ],
    ['ScalarOp', 'ScalarOp'],
  ],
];

it.each(rows)(
  '%s has the outputs of the graph, by activations where it is one',
  async (_, nodes, expected) => {
    const constants = {zero: tf.scalar(0), three: tf.scalar(3), six: tf.tensor1d([6])};
    const artifacts = await graphArtifacts([-1, 3, 4], nodes, constants);
    const model = await toLayersModel(artifacts, {outputs: ['y']});
    const found = model.layers.slice(1).map((layer) => layer.getConfig().activation ?? layer.getClassName());
    expect(found).toEqual(expected);
    const x = numbers([2, 3, 4], 5).mul(20);
    const [a, b] = [
      model.predict(x) as tf.Tensor,
      (await loadGraph(artifacts)).execute({x}, 'y') as tf.Tensor,
    ];
    expect(await a.data()).toEqual(await b.data());
  },
);

it('a node that is made an input is not folded into those after it', async () => {
  const [, nodes] = rows.find(([name]) => name === 'max(0, min(x, 6))') as (typeof rows)[number];
  const artifacts = await graphArtifacts([-1, 3, 4], nodes, {zero: tf.scalar(0), six: tf.scalar(6)});
  const model = await toLayersModel(artifacts, {outputs: ['y'], inputShapes: {m: [3]}});
  expect(model.inputNames).toEqual(['m']);
  const y = model.predict(tf.tensor2d([[-1, 5, 8]])) as tf.Tensor;
  expect(Array.from(await y.data())).toEqual([0, 5, 8]);
});

it.each<[string, Node[]]>([
  [
    'clamps',
    [
      ['r', 'Relu', ['y']],
      ['y', 'Maximum', ['r', 'zero']],
    ],
  ],
  [
    'rectifiers',
    [
      ['r', 'Relu', ['y']],
      ['n', 'Neg', ['y']],
      ['y', 'Add', ['r', 'n']],
    ],
  ],
])('a graph with a loop of %s is reported', async (_, nodes) => {
  const artifacts = await graphArtifacts([-1, 3], nodes, {zero: tf.scalar(0)});
  await expect(toLayersModel(artifacts, {outputs: ['y']})).rejects.toThrow(
    /^toLayersModel: cannot convert the \w+ [rny]: it needs [rny];/,
  );
});

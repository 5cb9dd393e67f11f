import * as tf from '@tensorflow/tfjs';
import {toLayersModel} from 'tfjs-pruning/graph';
import '../support/cpu';
import {graphArtifacts, type Node} from '../support/graphModel';
import {numbers} from '../wasm/backends';
import {gradientAndSlope} from './slope';

const ints = (...values: number[]) => tf.tensor1d(values, 'int32');
const flag = {b: true};
const list = (...values: number[]) => ({list: {i: values.map(String)}});

const binaries = 'Add Sub Mul RealDiv Maximum Minimum SquaredDifference Atan2 DivNoNan Pow';

/** Ops whose gradients tfjs lacks, or has wrong. */
const cases: Record<string, [nodes: Node[], weights: () => Record<string, tf.Tensor>]> = {
  ...Object.fromEntries(
    binaries.split(' ').map((op): [string, [Node[], () => Record<string, tf.Tensor>]] => [
      `${op} of tensors that are broadcast`,
      [
        [
          ['e', 'Exp', ['x']],
          ['m', 'Mean', ['e', 'a'], {keep_dims: flag}],
          ['y', op, ['e', 'm']],
        ],
        () => ({a: ints(1, 2)}),
      ],
    ]),
  ),
  'ResizeBilinear of an image that is not square': [
    [['y', 'ResizeBilinear', ['x', 's'], {half_pixel_centers: flag}]],
    () => ({s: ints(9, 4)}),
  ],
  'ResizeNearestNeighbor to another size': [
    [['y', 'ResizeNearestNeighbor', ['x', 's']]],
    () => ({s: ints(4, 7)}),
  ],
  'Conv2D, dilated': [
    [
      [
        'y',
        'Conv2D',
        ['x', 'f'],
        {strides: list(1, 1, 1, 1), dilations: list(1, 2, 2, 1), padding: {s: btoa('SAME')}},
      ],
    ],
    () => ({f: numbers([3, 3, 4, 2], 1)}),
  ],
  'DepthwiseConv2dNative, dilated': [
    [
      [
        'y',
        'DepthwiseConv2dNative',
        ['x', 'f'],
        {strides: list(1, 1, 1, 1), dilations: list(1, 2, 1, 1), padding: {s: btoa('VALID')}},
      ],
    ],
    () => ({f: numbers([3, 3, 4, 1], 1)}),
  ],
  'MirrorPad, which reflects pixels': [
    [['y', 'MirrorPad', ['x', 'p'], {mode: {s: btoa('REFLECT')}}]],
    () => ({p: tf.tensor2d([0, 0, 2, 1, 0, 3, 0, 0], [4, 2], 'int32')}),
  ],
  'Tile of five dimensions': [
    [
      ['r', 'Reshape', ['x', 's']],
      ['y', 'Tile', ['r', 't']],
    ],
    () => ({s: ints(1, 3, 2, 5, 4), t: ints(1, 2, 1, 1, 3)}),
  ],
  'DivNoNan by zeros': [[['y', 'DivNoNan', ['x', 'c']]], () => ({c: tf.tensor1d([2, 0, -1, 0])})],
  'StridedSlice in steps': [
    [['y', 'StridedSlice', ['x', 'b', 'e', 's'], {begin_mask: {i: '1'}, end_mask: {i: '5'}}]],
    () => ({b: ints(0, 5, 1), e: ints(0, 0, 0), s: ints(1, -2, 2)}),
  ],
  DepthToSpace: [[['y', 'DepthToSpace', ['x'], {block_size: {i: '2'}}]], () => ({})],
  'GatherNd by constant indices': [
    [['y', 'GatherNd', ['x', 'i']]],
    () => ({
      i: tf.tensor2d(
        [
          [0, 1, 2],
          [0, 5, 0],
          [0, 1, 2],
        ],
        undefined,
        'int32',
      ),
    }),
  ],
  'Select by a comparison': [
    [
      ['p', 'Greater', ['x', 'c']],
      ['t', 'Square', ['x']],
      ['y', 'Select', ['p', 't', 'x']],
    ],
    () => ({c: tf.scalar(0.33)}),
  ],
};

it.each(Object.entries(cases))(
  'the gradient of %s is the slope of its output',
  async (_, [nodes, weights]) => {
    const model = await toLayersModel(await graphArtifacts([1, 6, 5, 4], nodes, weights()));
    const compute = (x: tf.Tensor) => model.apply(x) as tf.Tensor;
    const {gradient, slope} = await gradientAndSlope(compute, numbers([2, 6, 5, 4], 1), 3e-3);
    expect(Math.abs(gradient - slope)).toBeLessThan(0.02 * Math.abs(slope) + 0.05);
    expect(Math.abs(gradient)).toBeGreaterThan(0.01);
  },
);

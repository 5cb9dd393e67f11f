import * as tf from '@tensorflow/tfjs';
import {encode} from 'tfjs-pruning';
import {conversionReport, toLayersModel} from 'tfjs-pruning/graph';
import {load} from 'tfjs-pruning/runtime';
import '../support/cpu';
import {type Attributes, graphArtifacts, loadGraph, type Node} from '../support/graphModel';
import {numbers} from '../wasm/backends';

const ints = (...values: number[]) => tf.tensor1d(values, 'int32');
const int = (value: number) => tf.scalar(value, 'int32');
const list = (...values: number[]) => ({list: {i: values.map(String)}});
const text = (value: string) => ({s: btoa(value)});
const flag = (b = true) => ({b});
const count = (i: number) => ({i: `${i}`});
const type = (name: string) => ({type: name});
const fused = (...names: string[]) => ({
  fused_ops: {list: {s: names.map(btoa)}},
  num_args: count(names.includes('Prelu') ? 2 : 1),
});

const window = (padding: string, stride = 1, dilation = 1): Attributes => ({
  ...{strides: list(1, stride, stride, 1), dilations: list(1, dilation, dilation, 1)},
  ...{padding: text(padding), data_format: text('NHWC')},
});

type Weights = Record<string, tf.Tensor>;

interface Case {
  readonly shape: number[];
  readonly nodes: Node[];
  readonly weights?: () => Weights;
  /** The classes of the layers after the input. */
  readonly layers?: string[];
  readonly type?: string;
  /** Whether all of it has a gradient; true by default. */
  readonly trains?: boolean;
}

const image = [-1, 6, 5, 4];
const one = (op: string, attr?: Attributes, ...more: string[]): Node[] => [['y', op, ['x', ...more], attr]];
const unaries =
  'Abs Neg Sign Square Sqrt Exp Expm1 Log1p Reciprocal Floor Ceil Round Erf Sin Cos Tan Atan Sinh Cosh';
const activations = 'Relu Relu6 Elu Selu Sigmoid Tanh Softplus LeakyRelu';
const binaries =
  'Add AddV2 Sub Mul RealDiv FloorDiv DivNoNan FloorMod Maximum Minimum SquaredDifference Atan2';
const comparisons = 'Equal NotEqual Less LessEqual Greater GreaterEqual';
const asNumber: Node = ['y', 'Cast', ['b'], {SrcT: type('DT_BOOL'), DstT: type('DT_FLOAT')}];

const cases: Record<string, Case> = {
  ...Object.fromEntries(
    [...unaries.split(' '), ...activations.split(' ')].map((op) => [op, {shape: image, nodes: one(op)}]),
  ),
  ...Object.fromEntries(
    binaries.split(' ').flatMap((op): [string, Case][] => [
      [
        `${op} of two tensors`,
        {
          shape: image,
          nodes: [
            ['s', 'Abs', ['x']],
            ['y', op, ['x', 's']],
          ],
        },
      ],
      [
        `${op} with a constant per channel`,
        {shape: image, nodes: one(op, {}, 'c'), weights: () => ({c: tf.tensor1d([1, 2, -3, 0.5])})},
      ],
      [`${op} with a number`, {shape: image, nodes: one(op, {}, 'c'), weights: () => ({c: tf.scalar(1.5)})}],
      [
        `${op} of a number`,
        {shape: image, nodes: [['y', op, ['c', 'x']]], weights: () => ({c: tf.scalar(1.5)})},
      ],
      [
        `${op} with a constant per position`,
        {shape: image, nodes: one(op, {}, 'c'), weights: () => ({c: numbers([1, 6, 5, 1], 3)})},
      ],
    ]),
  ),
  ...Object.fromEntries(
    comparisons.split(' ').map((op): [string, Case] => [
      `${op} and Select`,
      {
        shape: image,
        nodes: [
          ['b', op, ['x', 'c']],
          ['t', 'Square', ['x']],
          ['y', 'Select', ['b', 't', 'x']],
        ],
        weights: () => ({c: tf.scalar(0.1)}),
      },
    ]),
  ),
  'LogicalAnd, LogicalOr and LogicalNot': {
    shape: image,
    nodes: [
      ['p', 'Greater', ['x', 'c']],
      ['q', 'Less', ['x', 'd']],
      ['n', 'LogicalNot', ['q']],
      ['a', 'LogicalAnd', ['p', 'q']],
      ['b', 'LogicalOr', ['a', 'n']],
      asNumber,
    ],
    weights: () => ({c: tf.scalar(0.1), d: tf.scalar(0.6)}),
    trains: false,
  },
  'two tensors of different ranks': {
    shape: [1, 4],
    nodes: [
      ['m', 'Reshape', ['x', 's']],
      ['y', 'Mul', ['x', 'm']],
    ],
    weights: () => ({s: ints(1, 2, 2, 1)}),
    layers: ['Reshape', 'Reshape', 'Multiply'],
  },
  'a constant of a larger rank': {
    shape: [1, 4],
    nodes: one('Mul', {}, 'c'),
    weights: () => ({c: numbers([3, 1, 4], 3)}),
  },
  AddN: {
    shape: image,
    nodes: [
      ['s', 'Square', ['x']],
      ['y', 'AddN', ['x', 's', 'x']],
    ],
  },
  'Cast of an input of whole numbers': {
    shape: image,
    type: 'DT_INT32',
    nodes: [
      ['f', 'Cast', ['x'], {SrcT: type('DT_INT32'), DstT: type('DT_FLOAT')}],
      ['y', 'Mul', ['f', 'c']],
    ],
    weights: () => ({c: tf.scalar(1 / 255)}),
    layers: ['CastOp', 'Rescaling'],
  },
  'Conv2D, BiasAdd and Relu as one layer': {
    shape: image,
    nodes: [
      ['c', 'Conv2D', ['x', 'f'], window('SAME', 2)],
      ['b', 'BiasAdd', ['c', 'o']],
      ['y', 'Relu', ['b']],
    ],
    weights: () => ({f: numbers([3, 3, 4, 2], 1), o: numbers([2], 2)}),
    layers: ['Conv2D'],
  },
  'Conv2D and a norm of Mul and Add as one layer': {
    shape: image,
    nodes: [
      ['c', 'Conv2D', ['x', 'f'], window('VALID', 2)],
      ['m', 'Mul', ['c', 'g']],
      ['y', 'Add', ['m', 'o']],
    ],
    weights: () => ({f: numbers([2, 2, 4, 2], 1), g: numbers([2], 3), o: numbers([2], 2)}),
    layers: ['Conv2D'],
  },
  'Conv2D with explicit padding': {
    shape: image,
    nodes: one('Conv2D', {...window('EXPLICIT'), explicit_paddings: list(0, 0, 1, 2, 0, 1, 0, 0)}, 'f'),
    weights: () => ({f: numbers([3, 3, 4, 2], 1)}),
    layers: ['ZeroPadding2D', 'Conv2D'],
  },
  ...Object.fromEntries(
    ['Relu', 'Relu6', 'Elu', 'Sigmoid', 'LeakyRelu'].map((name): [string, Case] => [
      `_FusedConv2D with ${name}`,
      {
        shape: image,
        nodes: one(
          '_FusedConv2D',
          {...window('SAME'), ...fused('BiasAdd', name), leakyrelu_alpha: {f: 0.3}},
          'f',
          'o',
        ),
        weights: () => ({f: numbers([3, 3, 4, 2], 1), o: numbers([2], 2)}),
      },
    ]),
  ),
  '_FusedConv2D with Prelu': {
    shape: image,
    nodes: one('_FusedConv2D', {...window('SAME'), ...fused('BiasAdd', 'Prelu')}, 'f', 'o', 'a'),
    weights: () => ({f: numbers([3, 3, 4, 2], 1), o: numbers([2], 2), a: numbers([1, 1, 2], 3)}),
    layers: ['Conv2D', 'PReLU'],
  },
  DepthwiseConv2dNative: {
    shape: image,
    nodes: one('DepthwiseConv2dNative', window('SAME', 2), 'f'),
    weights: () => ({f: numbers([3, 3, 4, 2], 1)}),
    layers: ['DepthwiseConv2D'],
  },
  FusedDepthwiseConv2dNative: {
    shape: image,
    nodes: one('FusedDepthwiseConv2dNative', {...window('SAME'), ...fused('BiasAdd', 'Relu6')}, 'f', 'o'),
    weights: () => ({f: numbers([3, 3, 4, 1], 1), o: numbers([4], 2)}),
    layers: ['DepthwiseConv2D'],
  },
  ...Object.fromEntries(
    ['SAME', 'VALID'].flatMap((padding): [string, Case][] => [
      [
        `Conv2D, dilated, with padding ${padding}`,
        {
          shape: image,
          nodes: one('_FusedConv2D', {...window(padding, 1, 2), ...fused('BiasAdd', 'Relu')}, 'f', 'o'),
          weights: () => ({f: numbers([3, 2, 4, 2], 1), o: numbers([2], 2)}),
        },
      ],
      [
        `DepthwiseConv2dNative, dilated, with padding ${padding}`,
        {
          shape: [-1, 9, 8, 4],
          nodes: one('DepthwiseConv2dNative', {...window(padding), dilations: list(1, 3, 2, 1)}, 'f'),
          weights: () => ({f: numbers([3, 3, 4, 2], 1)}),
        },
      ],
    ]),
  ),
  'SpaceToBatchND, a convolution, BatchToSpaceND and a norm as one dilated convolution': {
    shape: image,
    nodes: [
      ['s', 'SpaceToBatchND', ['x', 'block', 'p']],
      ['c', 'DepthwiseConv2dNative', ['s', 'f'], window('VALID')],
      ['b', 'BatchToSpaceND', ['c', 'block', 'q']],
      ['m', 'Mul', ['b', 'g']],
      ['a', 'Add', ['m', 'o']],
      ['y', 'Relu6', ['a']],
    ],
    weights: () => ({
      block: ints(2, 2),
      p: ints(2, 2, 2, 3).reshape([2, 2]),
      q: ints(0, 0, 0, 1).reshape([2, 2]),
      ...{f: numbers([3, 3, 4, 1], 1), g: numbers([4], 3), o: numbers([4], 2)},
    }),
    layers: ['ZeroPadding2D', 'SpaceToBatchOp', 'DepthwiseConv2D', 'BatchToSpaceOp'],
  },
  'SpaceToBatchND, a convolution, BiasAdd and BatchToSpaceND': {
    shape: image,
    nodes: [
      ['s', 'SpaceToBatchND', ['x', 'block', 'p']],
      ['c', 'Conv2D', ['s', 'f'], window('VALID')],
      ['o', 'BiasAdd', ['c', 'bias']],
      ['r', 'Relu', ['o']],
      ['y', 'BatchToSpaceND', ['r', 'block', 'q']],
    ],
    weights: () => ({
      block: ints(3, 2),
      p: ints(2, 1, 1, 2).reshape([2, 2]),
      q: ints(1, 0, 0, 1).reshape([2, 2]),
      ...{f: numbers([2, 3, 4, 2], 1), bias: numbers([2], 2)},
    }),
  },
  Conv2DBackpropInput: {
    shape: [1, 6, 5, 4],
    nodes: [['y', 'Conv2DBackpropInput', ['s', 'f', 'x'], window('SAME', 2)]],
    weights: () => ({s: ints(1, 12, 10, 3), f: numbers([3, 3, 3, 4], 1)}),
    layers: ['Conv2DTranspose'],
  },
  'MatMul and BiasAdd as one layer': {
    shape: [-1, 6],
    nodes: [
      ['m', 'MatMul', ['x', 'k']],
      ['y', 'BiasAdd', ['m', 'o']],
    ],
    weights: () => ({k: numbers([6, 3], 1), o: numbers([3], 2)}),
    layers: ['Dense'],
  },
  'MatMul by a transposed kernel': {
    shape: [-1, 6],
    nodes: one('MatMul', {transpose_b: flag()}, 'k'),
    weights: () => ({k: numbers([3, 6], 1)}),
  },
  'BatchMatMulV2 by a kernel': {
    shape: [-1, 4, 6],
    nodes: one('BatchMatMulV2', {}, 'k'),
    weights: () => ({k: numbers([6, 3], 1)}),
    layers: ['Dense'],
  },
  'BatchMatMulV2 of two tensors': {
    shape: [-1, 4, 6],
    nodes: [
      ['s', 'Square', ['x']],
      ['y', 'BatchMatMulV2', ['x', 's'], {adj_y: flag()}],
    ],
  },
  'BatchMatMulV2 by a matrix per place': {
    shape: [-1, 4, 2, 6],
    nodes: one('BatchMatMulV2', {}, 'k'),
    weights: () => ({k: numbers([1, 4, 6, 3], 1)}),
  },
  Prelu: {
    shape: image,
    nodes: one('Prelu', {}, 'a'),
    weights: () => ({a: numbers([4], 1)}),
    layers: ['PReLU'],
  },
  MaxPool: {
    shape: image,
    nodes: one('MaxPool', {...window('SAME', 2), ksize: list(1, 3, 2, 1)}),
    layers: ['MaxPooling2D'],
  },
  AvgPool: {
    shape: image,
    nodes: one('AvgPool', {...window('VALID', 2), ksize: list(1, 3, 2, 1)}),
    layers: ['AveragePooling2D'],
  },
  FusedBatchNormV3: {
    shape: image,
    nodes: one('FusedBatchNormV3', {is_training: flag(false), epsilon: {f: 0.01}}, 'g', 'b', 'm', 'v'),
    weights: () => ({
      g: numbers([4], 1),
      b: numbers([4], 2),
      m: numbers([4], 3),
      v: tf.tensor1d([1, 2, 3, 4]),
    }),
    layers: ['BatchNormalization'],
  },
  'ResizeNearestNeighbor by whole factors': {
    shape: image,
    nodes: one('ResizeNearestNeighbor', {half_pixel_centers: flag()}, 's'),
    weights: () => ({s: ints(12, 15)}),
    layers: ['UpSampling2D'],
  },
  'ResizeNearestNeighbor to another size': {
    shape: image,
    nodes: one('ResizeNearestNeighbor', {}, 's'),
    weights: () => ({s: ints(4, 7)}),
  },
  'ResizeBilinear with half_pixel_centers': {
    shape: image,
    nodes: one('ResizeBilinear', {half_pixel_centers: flag()}, 's'),
    weights: () => ({s: ints(9, 7)}),
    trains: true,
  },
  'ResizeBilinear with align_corners': {
    shape: image,
    nodes: one('ResizeBilinear', {align_corners: flag()}, 's'),
    weights: () => ({s: ints(9, 7)}),
  },
  DepthToSpace: {shape: image, nodes: one('DepthToSpace', {block_size: count(2), data_format: text('NHWC')})},
  Reshape: {
    shape: [1, 6, 5, 4],
    nodes: one('Reshape', {}, 's'),
    weights: () => ({s: ints(1, -1, 2)}),
    layers: ['Reshape'],
  },
  'Reshape without the batch of 1': {
    shape: [1, 6, 5, 4],
    nodes: [
      ['r', 'Reshape', ['x', 's']],
      ['m', 'MatMul', ['r', 'k']],
      ['y', 'Reshape', ['m', 't']],
    ],
    weights: () => ({s: ints(30, 4), k: numbers([4, 3], 1), t: ints(1, 6, 5, 3)}),
    layers: ['Reshape', 'Dense', 'Reshape'],
  },
  'Reshape to a shape that the graph computes': {
    shape: image,
    nodes: [
      ['s', 'Shape', ['x']],
      ['b', 'StridedSlice', ['s', 'zero', 'first', 'first'], {shrink_axis_mask: count(1)}],
      ['t', 'Pack', ['b', 'minus', 'four'], {axis: count(0)}],
      ['y', 'Reshape', ['x', 't']],
    ],
    weights: () => ({zero: ints(0), first: ints(1), minus: int(-1), four: int(4)}),
    layers: ['Reshape'],
  },
  'Squeeze and ExpandDims': {
    shape: [-1, 6, 1, 4],
    nodes: [
      ['s', 'Squeeze', ['x'], {squeeze_dims: list(2)}],
      ['y', 'ExpandDims', ['s', 'd']],
    ],
    weights: () => ({d: int(1)}),
  },
  'Transpose that later ones undo': {
    shape: image,
    nodes: [
      ['t', 'Transpose', ['x', 'p']],
      ['r', 'Relu', ['t']],
      ['a', 'Add', ['r', 'c']],
      ['y', 'Transpose', ['a', 'q']],
    ],
    weights: () => ({p: ints(0, 3, 1, 2), c: numbers([1, 4, 1, 1], 1), q: ints(0, 2, 3, 1)}),
    layers: ['Activation', 'ConstantOp'],
  },
  Transpose: {
    shape: image,
    nodes: one('Transpose', {}, 'p'),
    weights: () => ({p: ints(0, 3, 1, 2)}),
    layers: ['Permute'],
  },
  Slice: {
    shape: image,
    nodes: one('Slice', {}, 'b', 's'),
    weights: () => ({b: ints(0, 1, 0, 1), s: ints(-1, 3, -1, 2)}),
    layers: ['SliceOp'],
  },
  'StridedSlice in steps': {
    shape: image,
    nodes: one('StridedSlice', {begin_mask: count(1), end_mask: count(5)}, 'b', 'e', 's'),
    weights: () => ({b: ints(0, -1, 1), e: ints(0, 0, 0), s: ints(1, -2, 2)}),
  },
  'StridedSlice with ellipsis and a removed axis': {
    shape: image,
    nodes: one('StridedSlice', {ellipsis_mask: count(1), shrink_axis_mask: count(2)}, 'b', 'e', 's'),
    weights: () => ({b: ints(0, -2), e: ints(0, 0), s: ints(1, 1)}),
  },
  'StridedSlice with a new axis': {
    shape: [-1, 6],
    nodes: one(
      'StridedSlice',
      {begin_mask: count(5), end_mask: count(5), new_axis_mask: count(2)},
      'b',
      'e',
      's',
    ),
    weights: () => ({b: ints(0, 0, 0), e: ints(0, 0, 0), s: ints(1, 1, 1)}),
  },
  Split: {
    shape: image,
    nodes: [
      ['s', 'Split', ['a', 'x'], {num_split: count(2)}],
      ['y', 'Sub', ['s', 's:1']],
    ],
    weights: () => ({a: int(3)}),
  },
  SplitV: {
    shape: image,
    nodes: [
      ['s', 'SplitV', ['x', 'l', 'a']],
      ['y', 'ConcatV2', ['s:1', 's', 'a']],
    ],
    weights: () => ({a: int(-1), l: ints(1, 3)}),
  },
  'Unpack and Pack': {
    shape: image,
    nodes: [
      ['s', 'Unpack', ['x'], {axis: count(1)}],
      ['y', 'Pack', ['s:3', 's'], {axis: count(2)}],
    ],
  },
  GatherV2: {
    shape: image,
    nodes: one('GatherV2', {}, 'i', 'a'),
    weights: () => ({i: ints(2, 0, 2), a: int(3)}),
    layers: ['GatherOp'],
  },
  'GatherV2 of a constant table': {
    shape: [-1, 3],
    type: 'DT_INT32',
    nodes: [['y', 'GatherV2', ['t', 'x', 'a']]],
    weights: () => ({t: numbers([5, 4], 1), a: int(0)}),
    layers: ['Embedding'],
  },
  'GatherNd at the largest element': {
    shape: [1, 8, 3],
    nodes: [
      ['h', 'Slice', ['x', 'b', 'l']],
      ['f', 'Reshape', ['h', 'flat']],
      ['m', 'ArgMax', ['f', 'zero']],
      ['r', 'Reshape', ['m', 'row']],
      ['i', 'ConcatV2', ['first', 'r', 'one']],
      ['y', 'GatherNd', ['x', 'i']],
    ],
    weights: () => ({
      b: ints(0, 0, 0),
      l: ints(1, 8, 1),
      flat: ints(8),
      zero: int(0),
      row: ints(1, 1),
      first: ints(0).reshape([1, 1]),
      one: int(1),
    }),
  },
  'ConcatV2 with a constant': {
    shape: [1, 4, 2],
    nodes: [['y', 'ConcatV2', ['c', 'x', 'a']]],
    weights: () => ({c: numbers([1, 3, 2], 1), a: int(1)}),
  },
  Pad: {
    shape: image,
    nodes: one('Pad', {}, 'p'),
    weights: () => ({
      p: tf.tensor2d(
        [
          [0, 0],
          [1, 2],
          [0, 1],
          [0, 0],
        ],
        undefined,
        'int32',
      ),
    }),
    layers: ['ZeroPadding2D'],
  },
  'Pad of channels': {
    shape: image,
    nodes: one('Pad', {}, 'p'),
    weights: () => ({
      p: tf.tensor2d(
        [
          [0, 0],
          [0, 0],
          [0, 0],
          [1, 2],
        ],
        undefined,
        'int32',
      ),
    }),
    layers: ['PadOp'],
  },
  PadV2: {
    shape: image,
    nodes: one('PadV2', {}, 'p', 'v'),
    weights: () => ({
      p: tf.tensor2d(
        [
          [0, 0],
          [1, 2],
          [0, 1],
          [0, 0],
        ],
        undefined,
        'int32',
      ),
      v: tf.scalar(-2),
    }),
  },
  'PadV2 with −∞, in front of a maximum': {
    shape: image,
    nodes: [
      ['s', 'PadV2', ['x', 'p', 'v']],
      ['y', 'MaxPool', ['s'], {...window('VALID', 2), ksize: list(1, 3, 3, 1)}],
    ],
    weights: () => ({
      p: tf.tensor2d([0, 0, 1, 2, 0, 1, 0, 0], [4, 2], 'int32'),
      v: tf.scalar(Number.NEGATIVE_INFINITY),
    }),
    layers: ['PadOp', 'MaxPooling2D'],
  },
  ...Object.fromEntries(
    [
      ['Minimum', Number.POSITIVE_INFINITY],
      ['Add', Number.NEGATIVE_INFINITY],
      ['Mul', Number.NaN],
      ['RealDiv', Number.POSITIVE_INFINITY],
    ].map(([op, value]): [string, Case] => [
      `${op} of the constant ${value}`,
      {
        shape: image,
        nodes: one(`${op}`, {}, 'c'),
        weights: () => ({c: tf.scalar(Number(value))}),
        layers: ['ScalarOp'],
      },
    ]),
  ),
  MirrorPad: {
    shape: image,
    nodes: one('MirrorPad', {mode: text('REFLECT')}, 'p'),
    weights: () => ({
      p: tf.tensor2d(
        [
          [0, 0],
          [1, 2],
          [0, 1],
          [0, 0],
        ],
        undefined,
        'int32',
      ),
    }),
  },
  Tile: {shape: image, nodes: one('Tile', {}, 'r'), weights: () => ({r: ints(1, 2, 1, 3)})},
  'BroadcastTo and Fill': {
    shape: [1, 1, 4],
    nodes: [
      ['b', 'BroadcastTo', ['x', 's']],
      ['f', 'Fill', ['s', 'v']],
      ['y', 'Add', ['b', 'f']],
    ],
    weights: () => ({s: ints(1, 3, 4), v: tf.scalar(2)}),
  },
  ...Object.fromEntries(
    ['Mean', 'Sum', 'Max', 'Min', 'Prod'].flatMap((op): [string, Case][] => [
      [`${op} of a position`, {shape: image, nodes: one(op, {}, 'a'), weights: () => ({a: ints(1, 2)})}],
      [
        `${op} of channels`,
        {shape: image, nodes: one(op, {keep_dims: flag()}, 'a'), weights: () => ({a: ints(-1)})},
      ],
    ]),
  ),
  ArgMax: {shape: image, nodes: one('ArgMax', {}, 'a'), weights: () => ({a: int(3)}), trains: false},
  Softmax: {shape: image, nodes: one('Softmax'), layers: ['Softmax']},
  'Range, Where and SparseToDense of constants': {
    shape: [1, 4],
    nodes: [
      ['r', 'Range', ['zero', 'four', 'one']],
      ['g', 'Greater', ['r', 'one']],
      ['w', 'Where', ['g']],
      ['s', 'SparseToDense', ['w', 'size', 'v', 'd']],
      ['y', 'Mul', ['x', 's']],
    ],
    weights: () => ({
      zero: int(0),
      four: int(4),
      one: int(1),
      size: ints(4),
      v: tf.tensor1d([2, 3]),
      d: tf.scalar(1),
    }),
  },
};

/** Rows of x for the input of a graph, in [-1, 1) or whole. */
function inputFor({shape, type: dtype}: Case, examples: number): tf.Tensor {
  const x = numbers([examples, ...shape.slice(1)], 11);
  return dtype === 'DT_INT32' ? x.abs().mul(5).floor().toInt() : x;
}

/** Runs a graph for each example, and stacks its outputs. */
async function eachExample(graph: tf.GraphModel, x: tf.Tensor): Promise<tf.Tensor> {
  const rows = await Promise.all(
    tf.split(x, x.shape[0]).map((row) => graph.executeAsync({x: row}, 'y') as Promise<tf.Tensor>),
  );
  // An output without a batch dimension gets one.
  return tf.stack(rows);
}

const ofUnion =
  'abs add as1D expandDims flatten gather mul reshape slice squeeze sub sum toBool toFloat toInt transpose tile'.split(
    ' ',
  );

/** Without methods of tensors that @tensorflow/tfjs adds, which pages with tfjs-core alone lack. */
async function withoutChainedOps<Result>(run: () => Result | Promise<Result>): Promise<Result> {
  const methods = tf.Tensor.prototype as object as Record<string, unknown>;
  const added = ofUnion.map((name) => [name, methods[name]]);
  for (const name of ofUnion) delete methods[name];
  try {
    return await run();
  } finally {
    Object.assign(methods, Object.fromEntries(added));
  }
}

it.each(Object.entries(cases))('converts %s, which the runtime predicts too', async (_, one) => {
  const {shape, nodes, weights = () => ({}), trains = true} = one;
  const artifacts = await graphArtifacts(shape, nodes, weights(), one.type);
  const graph = await loadGraph(artifacts);
  const model = await withoutChainedOps(() => toLayersModel(graph, {outputs: ['y']}));
  expect(conversionReport(model).outside).toEqual([]);
  if (one.layers) expect(model.layers.slice(1).map((layer) => layer.getClassName())).toEqual(one.layers);

  const x = inputFor(one, 3);
  const expected = await eachExample(graph, x);
  const found = await withoutChainedOps(() => model.predict(x) as tf.Tensor);
  expect(found.size).toBe(expected.size);
  const [a, b] = [await found.data(), await expected.data()];
  const largest = Math.max(...b.filter(Number.isFinite).map(Math.abs));
  a.forEach((value, i) => {
    if (!Object.is(value, b[i])) expect(Math.abs(value - b[i])).toBeLessThanOrEqual(1e-5 * largest);
  });

  let saved: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (given) => {
      saved = given;
      return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
    }),
  );
  // As in a file, which has no infinite numbers.
  const modelTopology = JSON.parse(JSON.stringify(saved.modelTopology));
  const loaded = await tf.loadLayersModel(tf.io.fromMemory({...saved, modelTopology}));
  expect(Array.from(await (loaded.predict(x) as tf.Tensor).data())).toEqual(Array.from(a));

  const net = await load(await encode(model));
  const shipped = net.predict({values: await x.data(), shape: x.shape});
  expect(shipped).toHaveLength(a.length);
  shipped.forEach((value, i) => {
    if (!Object.is(value, a[i])) expect(Math.abs(value - a[i])).toBeLessThanOrEqual(1e-5 * largest);
  });

  if (trains && one.type === undefined) {
    const loss = (input: tf.Tensor) => tf.sum(tf.square(model.apply(input) as tf.Tensor)) as tf.Scalar;
    expect(() => tf.grad(loss)(x)).not.toThrow();
  }
});

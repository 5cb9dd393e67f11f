import * as tf from '@tensorflow/tfjs';
import {enableTraining} from 'tfjs-pruning/wasm';
import {constantOp, constantSource} from '../../src/graph/layers/constant';
import {
  type Binary,
  binary,
  binaryOp,
  castOp,
  scalarOp,
  selectOp,
  type Unary,
  unary,
  unaryOp,
} from '../../src/graph/layers/elementwise';
import {gatherOp, padOp, sliceOp, tileOp} from '../../src/graph/layers/moves';
import {matMulOp, type Reduction, reduceOp} from '../../src/graph/layers/products';
import '../support/cpu';
import {numbers, restartWasm} from '../wasm/backends';
import {distinct, wrongRanks} from './slope';

/** Makes a layer for tensors of a rank. */
type Make = (rank: number, shape: number[]) => tf.layers.Layer;
type Row = [op: string, ranks: number[], make: Make];

const fromRank = (rank: number) => [1, 2, 3, 4, 5, 6].slice(rank - 1);
/** A value for the dimensions 1 and the last, and one for the others. */
const at = <Of>(rank: number, inside: Of, outside: Of): Of[] =>
  Array.from({length: rank}, (_, i) => (i === 1 || i === rank - 1 ? inside : outside));
const padded = (mode: 'constant' | 'reflect' | 'symmetric', after: number): Row => [
  `padding, ${mode}`,
  fromRank(1),
  (rank) => padOp({paddings: at<[number, number]>(rank, [1, after], [0, 0]), mode, value: 0}),
];

const isSmooth = (op: string) => !/sign|floor|ceil|round|is|logical|Like|qual$|less|greater/.test(op);
const binaries = (Object.keys(binary) as Binary[]).filter(isSmooth);
const reductions: Reduction[] = ['mean', 'sum', 'max', 'min', 'prod'];

const ofOne: Row[] = [
  ...(Object.keys(unary) as Unary[])
    .filter(isSmooth)
    .map((op): Row => [op, fromRank(1), () => unaryOp({op})]),
  ...binaries.flatMap((op): Row[] => [
    [
      `${op} with a number`,
      fromRank(1),
      () => scalarOp({op, value: 0.83, valueType: 'float32', isFirst: false}),
    ],
    [
      `${op} of a number`,
      fromRank(1),
      () => scalarOp({op, value: 0.83, valueType: 'float32', isFirst: true}),
    ],
    [
      `${op} with a constant that is broadcast`,
      fromRank(2),
      (rank, shape) => {
        const constantShape = shape.slice(1).map((size, i) => (i === rank - 2 ? size : 1));
        const weights = [numbers(constantShape, 9).add(3)];
        return constantOp({op, isFirst: false, constantShape, constantType: 'float32', weights});
      },
    ],
  ]),
  ...reductions.flatMap((op) =>
    [true, false].flatMap((keepDims): Row[] => [
      [`${op} along the last dimension`, fromRank(2), (rank) => reduceOp({op, axes: [rank - 1], keepDims})],
      [
        `${op} along several dimensions`,
        fromRank(3),
        (rank) => reduceOp({op, axes: [1, rank - 1], keepDims}),
      ],
    ]),
  ),
  ['conversion to floats', fromRank(1), () => castOp({to: 'float32'})],
  ['tiling', fromRank(1), (rank) => tileOp({reps: at(rank, 2, 1)})],
  ['tiling of all dimensions', fromRank(1), (rank) => tileOp({reps: at(rank, 3, 2)})],
  padded('constant', 2),
  padded('reflect', 1),
  padded('symmetric', 2),
  ['a slice', fromRank(1), (rank) => sliceOp({begin: at(rank, 1, 0), size: at(rank, 1, -1)})],
  ['gathering', fromRank(1), (rank) => gatherOp({indices: [1, 0, 1], axis: rank - 1})],
  ['gathering of inner parts', fromRank(2), () => gatherOp({indices: [1, 0, 1], axis: 1})],
  [
    'transposing',
    fromRank(2),
    (rank) =>
      tf.layers.permute({
        dims: at(rank, 0, 0)
          .slice(1)
          .map((_, i) => rank - 1 - i),
      }),
  ],
  ['reshaping', fromRank(2), () => tf.layers.reshape({targetShape: [-1]})],
  ['softmax', fromRank(2), () => tf.layers.softmax({axis: -1})],
];

/** Of a tensor, and of a part of its mean along the last dimension, which is broadcast. */
const ofTwo: Row[] = [
  ...binaries.map((op): Row => [op, fromRank(2), () => binaryOp({op})]),
  ['the layer Add', fromRank(2), () => tf.layers.add()],
  ['the layer Multiply', fromRank(2), () => tf.layers.multiply()],
];

const matrices: Row[] = [false, true].map((transposeA) => [
  `products of matrices, ${transposeA ? 'transposed' : 'as they are'}`,
  fromRank(2),
  () => matMulOp({transposeA, transposeB: !transposeA}),
]);

describe.each(['cpu', 'wasm'])('on %s, the gradient', (backend) => {
  let disable = () => {};
  beforeAll(async () => {
    if (backend === 'wasm') {
      await restartWasm();
      disable = enableTraining();
    }
  });
  afterAll(async () => {
    disable();
    await tf.setBackend('cpu');
  });

  it.each(ofOne)('of %s is the slope in ranks %j', async (_, ranks, make) => {
    const compute = (x: tf.Tensor, rank: number) => make(rank, x.shape).apply(x) as tf.Tensor;
    expect(await wrongRanks(ranks, compute)).toEqual([]);
  });

  it.each(ofTwo)('of %s of two tensors is the slope in ranks %j', async (_, ranks, make) => {
    const compute = (x: tf.Tensor, rank: number) =>
      make(rank, x.shape).apply([x, tf.mean(x, rank - 1, true).mul(0.93)]) as tf.Tensor;
    expect(await wrongRanks(ranks, compute)).toEqual([]);
  });

  it.each(matrices)('of %s is the slope in ranks %j', async (_, ranks, make) => {
    const compute = (x: tf.Tensor, rank: number) =>
      make(rank, x.shape).apply([x, rank > 2 ? tf.mean(x, 0, true) : x]) as tf.Tensor;
    expect(await wrongRanks(ranks, compute)).toEqual([]);
  });

  it('of a selection is the slope in ranks 2 to 6', async () => {
    const compute = (x: tf.Tensor, rank: number) => {
      const condition = distinct([1, ...x.shape.slice(1)]).greater(0.8);
      return selectOp({}).apply([condition, x, tf.mean(x, rank - 1, true).mul(0.93)]) as tf.Tensor;
    };
    expect(await wrongRanks(fromRank(2), compute)).toEqual([]);
  });

  it.each([0, 1, 2, 3, 4, 5])('of a constant of rank %i adds up that of each example', async (rank) => {
    const constant = distinct([2, 3, 3, 2, 2].slice(0, rank));
    const source = constantSource({
      constantShape: constant.shape,
      constantType: 'float32',
      weights: [constant],
    });
    source.apply(tf.ones([3]));
    const weights = source.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const loss = () => tf.sum(tf.square(source.apply(tf.ones([3])) as tf.Tensor)) as tf.Scalar;
    const [gradient] = Object.values(tf.variableGrads(loss, weights).grads);
    const difference = tf.max(tf.abs(gradient.sub(constant.mul(6))));
    expect((await difference.data())[0]).toBeLessThan(1e-5);
  });
});

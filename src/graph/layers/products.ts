import type {Tensor} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import {broadcast} from './elementwise';
import {broadcastTo, flat} from './gradients';
import {opLayer, type Shape} from './opLayer';
import {besides} from './rules';

type Reduce = (x: Tensor, axes: number[], keepDims: boolean) => Tensor;

const logical =
  (reduce: Reduce): Reduce =>
  (x, axes, keepDims) =>
    flat((one: Tensor) => reduce(tf.cast(one, 'bool'), axes, keepDims))(x);

const reductions = {
  ...{
    mean: tf.mean,
    sum: tf.sum,
    max: tf.max,
    min: tf.min,
    prod: tf.prod,
    any: logical(tf.any),
    all: logical(tf.all),
  },
} satisfies Record<string, Reduce>;

export type Reduction = keyof typeof reductions;

interface ReduceConfig {
  readonly op: Reduction;
  /** With the batch as 0. */
  readonly axes: number[];
  readonly keepDims: boolean;
}

/** Reduces dimensions to one number. */
export const reduceOp = opLayer<ReduceConfig>('ReduceOp', {
  compute: ([x], {op, axes, keepDims}) => reductions[op](x, axes, keepDims),
  shape: ([shape], {axes, keepDims}) =>
    keepDims
      ? shape.map((dim, i) => (axes.includes(i) ? 1 : dim))
      : shape.filter((_, i) => !axes.includes(i)),
  propagation: besides<ReduceConfig>(
    ({axes}) => axes,
    ({keepDims}) => !keepDims,
  ),
});

/** The index of the largest or smallest element along a dimension. */
export const argOp = opLayer<{op: 'argMax' | 'argMin'; axis: number}>('ArgOp', {
  compute: ([x], {op, axis}) => (op === 'argMax' ? tf.argMax(x, axis) : tf.argMin(x, axis)),
  shape: ([shape], {axis}) => shape.filter((_, i) => i !== axis),
});

/**
 * Products of matrices in two tensors. `tf.matMul` multiplies floats only on some backends, and is wrong where both tensors are
 * broadcast.
 */
export const matMulOp = opLayer<{transposeA: boolean; transposeB: boolean}>('MatMulOp', {
  compute: ([a, b], {transposeA, transposeB}) => {
    const outer = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)) as number[];
    const [x, y] = [a, b].map((one) =>
      broadcastTo(tf.cast(one, 'float32'), [...outer, ...one.shape.slice(-2)]),
    );
    const product = tf.matMul(x, y, transposeA, transposeB);
    return a.dtype === 'int32' && b.dtype === 'int32' ? tf.cast(product, 'int32') : product;
  },
  shape: ([a, b], {transposeA, transposeB}) => {
    const [row, column] = [a.at(transposeA ? -1 : -2), b.at(transposeB ? -2 : -1)] as Shape;
    return [...broadcast(a.slice(0, -2), b.slice(0, -2)), row, column];
  },
});

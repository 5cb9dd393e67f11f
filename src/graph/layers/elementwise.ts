import type {Tensor} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import {elementwise} from '../../channels/rules/elementwise';
import {broadcastTo, flat} from './gradients';
import {opLayer, type Shape} from './opLayer';
import {ofElements} from './rules';

/** The functions of one tensor that layers compute element by element. */
export const unary = {
  ...{abs: tf.abs, neg: tf.neg, sign: tf.sign, square: tf.square, sqrt: tf.sqrt, rsqrt: tf.rsqrt},
  ...{exp: tf.exp, expm1: tf.expm1, log: tf.log, log1p: tf.log1p, reciprocal: tf.reciprocal},
  ...{floor: tf.floor, ceil: tf.ceil, round: tf.round, sin: tf.sin, cos: tf.cos, tan: tf.tan, erf: tf.erf},
  ...{
    atan: tf.atan,
    sinh: tf.sinh,
    cosh: tf.cosh,
    isNaN: tf.isNaN,
    logicalNot: flat((x: Tensor) => tf.logicalNot(tf.cast(x, 'bool'))),
  },
  ...{zerosLike: tf.zerosLike, onesLike: tf.onesLike},
} satisfies Record<string, (x: Tensor) => Tensor>;

/** x / y, and 0 where y is 0; the gradient too. */
function divNoNan(x: Tensor, y: Tensor): Tensor {
  const isZero = flat(tf.equal)(y, tf.scalar(0));
  return tf.mul(tf.div(x, tf.where(isZero, tf.onesLike(y), y)), tf.sub(1, tf.cast(isZero, 'float32')));
}

/** The same function, with a gradient for tensors that are broadcast, which those of tfjs lack. */
const broadcasting =
  (compute: (x: Tensor, y: Tensor) => Tensor) =>
  (x: Tensor, y: Tensor): Tensor => {
    const shape = broadcast(x.shape, y.shape) as number[];
    return compute(broadcastTo(x, shape), broadcastTo(y, shape));
  };

/** The functions of two tensors that layers compute element by element. */
export const binary = {
  ...{add: tf.add, sub: tf.sub, mul: tf.mul, div: tf.div, floorDiv: tf.floorDiv, mod: tf.mod, pow: tf.pow},
  ...{maximum: broadcasting(tf.maximum), minimum: broadcasting(tf.minimum)},
  ...{divNoNan, atan2: tf.atan2, squaredDifference: broadcasting(tf.squaredDifference)},
  ...{equal: flat(tf.equal), notEqual: flat(tf.notEqual), less: flat(tf.less), lessEqual: flat(tf.lessEqual)},
  ...{greater: flat(tf.greater), greaterEqual: flat(tf.greaterEqual)},
  logicalAnd: flat((x: Tensor, y: Tensor) => tf.logicalAnd(tf.cast(x, 'bool'), tf.cast(y, 'bool'))),
  logicalOr: flat((x: Tensor, y: Tensor) => tf.logicalOr(tf.cast(x, 'bool'), tf.cast(y, 'bool'))),
} satisfies Record<string, (x: Tensor, y: Tensor) => Tensor>;

export type Unary = keyof typeof unary;
export type Binary = keyof typeof binary;

export type Dtype = 'float32' | 'int32' | 'bool';

/** A function of each element. */
export const unaryOp = opLayer<{op: Unary}>('UnaryOp', {
  compute: ([x], {op}) => unary[op](x),
  shape: ([shape]) => shape,
  propagation: ofElements,
});

/** Converts the type of the elements. */
export const castOp = opLayer<{to: Dtype}>('CastOp', {
  compute: ([x], {to}) => tf.cast(x, to),
  shape: ([shape]) => shape,
  propagation: ofElements,
});

/** A function of each element and a number, which is its first argument if `isFirst`. */
export const scalarOp = opLayer<{op: Binary; value: number; valueType: Dtype; isFirst: boolean}>('ScalarOp', {
  compute: ([x], {op, value, valueType, isFirst}) => {
    const number = tf.scalar(valueType === 'bool' ? Boolean(value) : value, valueType);
    return isFirst ? binary[op](number, x) : binary[op](x, number);
  },
  shape: ([shape]) => shape,
  propagation: ofElements,
});

/** A function of pairs of elements in two tensors, which are broadcast. */
export const binaryOp = opLayer<{op: Binary}>('BinaryOp', {
  compute: ([x, y], {op}) => binary[op](x, y),
  shape: ([a, b]) => broadcast(a, b),
  propagation: elementwise(),
});

/** Elements of two tensors, by a condition. */
export const selectOp = opLayer('SelectOp', {
  compute: ([condition, ...values]) => {
    const shape = values.reduce<Shape>((all, value) => broadcast(all, value.shape), condition.shape);
    const [x, y] = values.map((value) => broadcastTo(value, shape as number[]));
    return tf.where(broadcastTo(tf.cast(condition, 'bool'), shape as number[]), x, y);
  },
  shape: ([condition, x, y]) => broadcast(condition, broadcast(x, y)),
});

/** The shape of two shapes broadcast against each other. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const at = (shape: Shape, i: number) => shape[i - rank + shape.length];
  return Array.from({length: rank}, (_, i) => {
    const [one, other] = [at(a, i), at(b, i)];
    if (one === undefined || one === 1) return other === undefined ? 1 : other;
    return other === undefined || other === 1 ? one : (one ?? other);
  });
}

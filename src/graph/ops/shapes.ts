import {tensor, util} from '@tensorflow/tfjs-core';
import {integers} from '../attributes';
import type {Convert, Scope} from '../scope';
import {Unsupported} from '../unsupported';
import {type Dims, shapeOf, type Value} from '../value';

const reshape: Convert = async (node, scope) => {
  const value = scope.value(node, 0);
  const target = await scope.numbers(node, 1);
  return scope.reshape(value, completed(target, shapeOf(value)));
};

/** A target shape with the size that −1 stands for; null where it depends on an unknown size. */
function completed(target: readonly number[], from: Dims): Dims {
  const at = target.indexOf(-1);
  if (at < 0) return target;
  if (from.includes(null)) {
    if (target.length === 1 || at > 0 || from[0] !== 1) return target.map((size) => (size < 0 ? null : size));
    throw new Unsupported(`it reshapes [${from}], whose sizes vary, to [${target}]`);
  }
  const known = target.reduce((product, size) => (size < 0 ? product : product * size), 1);
  const rest = util.sizeFromShape(from as number[]) / known;
  return target.map((size, i) => (i === at ? rest : size));
}

const squeeze: Convert = (node, scope) => {
  const value = scope.value(node, 0);
  const shape = shapeOf(value);
  const given = integers(node, 'squeeze_dims', integers(node, 'axis')).map(
    (axis) => (axis + shape.length) % shape.length,
  );
  const axes = given.length > 0 ? given : shape.flatMap((size, i) => (size === 1 ? [i] : []));
  return without(scope, value, axes);
};

/** Removes dimensions of 1. Without the batch dimension, the tensor is the same, and only its shape in the graph changes. */
export function without(scope: Scope, value: Value, axes: readonly number[]): Value {
  const shape = shapeOf(value).filter((_, i) => !axes.includes(i));
  const natural = scope.natural(value);
  const keepsBatch = natural.hasBatch && !axes.includes(0);
  return scope.reshapeStored(natural, keepsBatch ? shape.slice(1) : shape, keepsBatch);
}

const expandDims: Convert = async (node, scope) => {
  const value = scope.value(node, 0);
  const [given] = await scope.numbers(node, 1);
  const shape = shapeOf(value);
  const axis = given < 0 ? given + shape.length + 1 : given;
  return scope.reshape(value, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
};

const transpose: Convert = async (node, scope) => {
  const value = scope.value(node, 0);
  const rank = shapeOf(value).length;
  const given = (await scope.numbers(node, 1)).map((axis) => (axis + rank) % rank);
  const isBatchFirst = !value.hasBatch || given[0] === 0;
  const from = isBatchFirst ? value : scope.unbatched(value);
  const axes = from.hasBatch ? given : [0, ...given.map((axis) => axis + 1)];
  return {...from, order: axes.map((axis) => from.order[axis])};
};

/** Numbers that the shape of a value determines. */
const ofShape =
  (compute: (shape: Dims) => number[] | number): Convert =>
  (node, scope) => {
    const numbers = compute(shapeOf(scope.value(node, 0)));
    return scope.computed(() => tensor(numbers, undefined, 'int32'));
  };

function known(dims: Dims): number[] {
  if (dims.includes(null)) {
    throw new Unsupported(
      `the sizes [${dims.map((dim) => dim ?? '?')}] vary; fix them by the option inputShapes`,
    );
  }
  return dims as number[];
}

export const shapes: Readonly<Record<string, Convert>> = {
  ...{Reshape: reshape, Squeeze: squeeze, ExpandDims: expandDims, Transpose: transpose},
  Shape: ofShape(known),
  Size: ofShape((shape) => util.sizeFromShape(known(shape))),
  Rank: ofShape(({length}) => length),
};

import {integer} from '../attributes';
import type {Convert, Scope} from '../scope';
import {shapeOf, type Value} from '../value';
import {all, dimension, sliced} from './ranges';
import {without} from './shapes';
import {stridedSlice} from './stridedSlice';

const slice: Convert = async (node, scope) => {
  const value = scope.value(node, 0);
  const [begins, sizes] = [await scope.numbers(node, 1), await scope.numbers(node, 2)];
  const sizeAt = (i: number) => (sizes[i] >= 0 ? sizes[i] : restAfter(shapeOf(value)[i], begins[i]));
  return sliced(
    scope,
    value,
    begins.map((begin, i) => ({begin, size: sizeAt(i), stride: 1})),
  );
};

const restAfter = (dim: number | null, begin: number) => (dim === null ? null : dim - begin);

/** Parts of some sizes along one axis. */
function parts(scope: Scope, value: Value, axis: number, sizes: readonly number[]): Value[] {
  let begin = 0;
  return sizes.map((size) => {
    const ranges = shapeOf(value).map((dim, i) => (i === axis ? {begin, size, stride: 1} : all(dim)));
    begin += size;
    return sliced(scope, value, ranges);
  });
}

const split: Convert = async (node, scope) => {
  const value = scope.value(node, 1);
  const {axis, dim} = dimension(shapeOf(value), (await scope.numbers(node, 0))[0]);
  const count = integer(node, 'num_split');
  return parts(scope, value, axis, Array(count).fill(dim / count));
};

const splitInto: Convert = async (node, scope) => {
  const value = scope.value(node, 0);
  const {axis, dim} = dimension(shapeOf(value), (await scope.numbers(node, 2))[0]);
  const sizes = await scope.numbers(node, 1);
  const known = sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  return parts(
    scope,
    value,
    axis,
    sizes.map((size) => (size < 0 ? dim - known : size)),
  );
};

const unpack: Convert = (node, scope) => {
  const value = scope.value(node, 0);
  const {axis, dim} = dimension(shapeOf(value), integer(node, 'axis'));
  return parts(scope, value, axis, Array(dim).fill(1)).map((part) => without(scope, part, [axis]));
};

export const slices: Readonly<Record<string, Convert>> = {
  ...{Slice: slice, StridedSlice: stridedSlice, Split: split, SplitV: splitInto, Unpack: unpack},
};

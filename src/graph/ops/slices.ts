import {layers} from '@tensorflow/tfjs-layers';
import type {GraphNode} from '../../surgery/sparsify/graph/nodes';
import {asSymbols} from '../align';
import {integer} from '../attributes';
import {gatherNdOp, gatherOp, sliceOp} from '../layers/moves';
import type {Convert, Scope} from '../scope';
import {Unsupported} from '../unsupported';
import {type Dims, isConstant, newValue, shapeOf, storedAxis, type Value} from '../value';
import {without} from './shapes';

/** Elements from `begin`, in steps, along one dimension of the graph. */
interface Range {
  readonly begin: number;
  /** The number of elements; null for all to the end. */
  readonly size: number | null;
  readonly stride: number;
}

/** A part of a value, by a range for each dimension in the graph. */
function sliced(scope: Scope, given: Value, ranges: readonly Range[]): Value {
  const whole = (range: Range, dim: number | null) =>
    range.begin === 0 && range.stride === 1 && (range.size === null || range.size === dim);
  if (ranges.every((range, i) => whole(range, shapeOf(given)[i]))) return given;
  const isInBatch = given.hasBatch && !whole(ranges[0], 1);
  const value = isInBatch ? scope.unbatched(given) : given;
  const [begin, size] = [value.tensor.shape.map(() => 0), value.tensor.shape.map(() => -1)];
  let result = value;
  ranges.forEach((range, axis) => {
    const stored = storedAxis(value, axis);
    if (stored === 0) return;
    if (range.stride === 1) {
      begin[stored] = range.begin;
      size[stored] = range.size === shapeOf(value)[axis] || range.size === null ? -1 : range.size;
    } else {
      result = {...result, tensor: stepped(scope, result, range, stored)};
    }
  });
  if (begin.every((one) => one === 0) && size.every((one) => one === -1)) return result;
  return {...result, tensor: scope.apply((name) => sliceOp({...name, begin, size}), [result])};
}

function stepped(scope: Scope, value: Value, {begin, size, stride}: Range, axis: number) {
  const count = size ?? unknownSize();
  const indices = Array.from({length: count}, (_, i) => begin + i * stride);
  return scope.apply((name) => gatherOp({...name, indices, axis}), [value]);
}

function unknownSize(): never {
  throw new Unsupported('it steps through a dimension whose size varies');
}

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

const stridedSlice: Convert = async (node, scope) => {
  const value = scope.value(node, 0);
  const [begin, end, strides] = [
    await scope.numbers(node, 1),
    await scope.numbers(node, 2),
    await scope.numbers(node, 3),
  ];
  const bit = (name: string, i: number) => (integer(node, `${name}_mask`) >> i) % 2 === 1;
  const shape = shapeOf(value);
  const ranges: Range[] = [];
  // The dimensions of the result before any is removed: those of the input, and new ones of 1.
  const added: number[] = [];
  const removed: number[] = [];
  let axis = 0;
  begin.forEach((_, i) => {
    if (bit('ellipsis', i)) {
      const news = begin.filter((__, j) => j > i && bit('new_axis', j)).length;
      const rest = begin.length - i - 1 - news;
      while (axis < shape.length - rest) ranges.push(all(shape[axis++]));
    } else if (bit('new_axis', i)) {
      added.push(ranges.length + added.length);
    } else {
      const isOne = bit('shrink_axis', i);
      const limits = {
        begin: bit('begin', i) && !isOne ? undefined : begin[i],
        end: isOne || bit('end', i) ? undefined : end[i],
      };
      if (isOne) removed.push(axis);
      ranges.push(rangeOf(limits, isOne ? 1 : strides[i], shape[axis++], isOne));
    }
  });
  while (axis < shape.length) ranges.push(all(shape[axis++]));
  if (added.length > 0 && removed.length > 0) {
    throw new Unsupported('it both adds and removes dimensions');
  }
  const part = sliced(scope, value, ranges);
  if (removed.length > 0) return without(scope, part, removed);
  const dims = [...shapeOf(part)];
  for (const at of added) dims.splice(at, 0, 1);
  return added.length > 0 ? scope.reshape(part, dims) : part;
};

const all = (size: number | null): Range => ({begin: 0, size, stride: 1});

/** The range from `begin` to before `end`, which count from the end if they are negative. */
function rangeOf(
  {begin, end}: {begin?: number; end?: number},
  stride: number,
  dim: number | null,
  isOne: boolean,
): Range {
  if (dim === null) {
    if (isOne && begin !== undefined && begin >= 0) return {begin, size: 1, stride: 1};
    const isSimple = stride === 1 && (begin ?? 0) >= 0 && (end === undefined || end >= 0);
    if (!isSimple) return unknownSize();
    return {begin: begin ?? 0, size: end === undefined ? null : end - (begin ?? 0), stride};
  }
  const at = (value: number) => (value < 0 ? value + dim : value);
  const clamp = (value: number) => Math.min(Math.max(value, stride > 0 ? 0 : -1), stride > 0 ? dim : dim - 1);
  const from = begin === undefined ? (stride > 0 ? 0 : dim - 1) : clamp(at(begin));
  if (isOne) return {begin: from, size: 1, stride: 1};
  const to = end === undefined ? (stride > 0 ? dim : -1) : clamp(at(end));
  return {begin: from, size: Math.max(0, Math.ceil((to - from) / stride)), stride};
}

/** Parts of some sizes along one axis. */
function parts(scope: Scope, value: Value, axis: number, sizes: readonly number[]): Value[] {
  let begin = 0;
  return sizes.map((size) => {
    const ranges = shapeOf(value).map((dim, i) => (i === axis ? {begin, size, stride: 1} : all(dim)));
    begin += size;
    return sliced(scope, value, ranges);
  });
}

/** A dimension of known size, counted from the front. */
function dimension(shape: Dims, given: number): {axis: number; dim: number} {
  const axis = given < 0 ? given + shape.length : given;
  return {axis, dim: shape[axis] ?? unknownSize()};
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

const gather: Convert = async (node, scope) => {
  const [value, indices] = [scope.value(node, 0), scope.value(node, 1)];
  const [given] = (node.input ?? []).length > 2 ? await scope.numbers(node, 2) : [0];
  if (integer(node, 'batch_dims') !== 0) throw new Unsupported('it gathers with batch_dims');
  const {axis} = dimension(shapeOf(value), given);
  if (!isConstant(indices)) return lookedUp(node, scope, value, axis);
  const shape = shapeOf(indices) as number[];
  const from = value.hasBatch && axis === 0 ? scope.unbatched(value) : scope.natural(value);
  const list = await scope.numbers(node, 1);
  const dims = shapeOf(from);
  const stored = storedAxis(from, axis);
  const count = dims[axis] ?? unknownSize();
  const found = list.map((index) => (index < 0 ? index + count : index));
  const tensor = scope.apply((name) => gatherOp({...name, indices: found, axis: stored}), [from]);
  const target = [...dims.slice(0, axis), ...shape, ...dims.slice(axis + 1)];
  const gathered = newValue(tensor, from.hasBatch);
  return scope.reshapeStored(gathered, from.hasBatch ? target.slice(1) : target, from.hasBatch);
};

/** Rows by indices that depend on the input: those of a constant table, as by an embedding, or of each example. */
function lookedUp(node: GraphNode, scope: Scope, table: Value, axis: number): Value {
  if (axis !== 0) throw new Unsupported(`its indices along axis ${axis} are not constant`);
  if (!isConstant(table) || shapeOf(table).length !== 2) {
    const indices = scope.value(node, 1);
    return atIndices(scope, table, scope.reshape(indices, [...shapeOf(indices), 1]));
  }
  const weights = [scope.constant(node, 0)];
  const [inputDim, outputDim] = weights[0].shape;
  const indices = scope.natural(scope.value(node, 1));
  const tensor = scope.apply((name) => layers.embedding({...name, inputDim, outputDim, weights}), [indices]);
  return newValue(tensor, indices.hasBatch);
}

const gatherNd: Convert = (node, scope) => atIndices(scope, scope.value(node, 0), scope.value(node, 1));

function atIndices(scope: Scope, value: Value, indices: Value): Value {
  const unbatched = [value, indices].map((one) => scope.unbatched(scope.natural(one)));
  return newValue(
    scope.apply((name) => gatherNdOp(name), asSymbols(scope, unbatched)),
    false,
  );
}

export const slices: Readonly<Record<string, Convert>> = {
  ...{Slice: slice, StridedSlice: stridedSlice, Split: split, SplitV: splitInto, Unpack: unpack},
  ...{Gather: gather, GatherV2: gather, GatherNd: gatherNd},
};

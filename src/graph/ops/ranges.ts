import {gatherOp, sliceOp} from '../layers/moves';
import type {Scope} from '../scope';
import {Unsupported} from '../unsupported';
import {type Dims, shapeOf, storedAxis, type Value} from '../value';

/** Elements from `begin`, in steps, along one dimension of the graph. */
export interface Range {
  readonly begin: number;
  /** The number of elements; null for all to the end. */
  readonly size: number | null;
  readonly stride: number;
}

/** A part of a value, by a range for each dimension in the graph. */
export function sliced(scope: Scope, given: Value, ranges: readonly Range[]): Value {
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
      result = stepped(scope, result, range, stored);
    }
  });
  if (begin.every((one) => one === 0) && size.every((one) => one === -1)) return result;
  return scope.inPlace(sliceOp, {begin, size}, result);
}

function stepped(scope: Scope, value: Value, {begin, size, stride}: Range, axis: number) {
  const count = size ?? unknownSize();
  const indices = Array.from({length: count}, (_, i) => begin + i * stride);
  return scope.inPlace(gatherOp, {indices, axis}, value);
}

export function unknownSize(): never {
  throw new Unsupported('it steps through a dimension whose size varies');
}

/** A whole dimension. */
export const all = (size: number | null): Range => ({begin: 0, size, stride: 1});

/** A dimension of known size, counted from the front. */
export function dimension(shape: Dims, given: number): {axis: number; dim: number} {
  const axis = given < 0 ? given + shape.length : given;
  return {axis, dim: shape[axis] ?? unknownSize()};
}

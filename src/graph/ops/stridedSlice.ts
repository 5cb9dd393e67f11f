import {integer} from '../attributes';
import type {Convert} from '../scope';
import {Unsupported} from '../unsupported';
import {shapeOf} from '../value';
import {all, type Range, sliced, unknownSize} from './ranges';
import {without} from './shapes';

export const stridedSlice: Convert = async (node, scope) => {
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

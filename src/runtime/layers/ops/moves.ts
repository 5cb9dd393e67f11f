import {gather} from '../../kernels/gather';
import {copy, operandOf} from '../../kernels/strided';
import {at, type Program} from '../../machine/Program';
import {type Shape, size, stridesOf, type Value} from '../../machine/Value';
import type {Config} from '../../model/Config';
import type {Kind} from '../../model/Layer';
import {innerAxis} from '../axes';
import {fill, from} from '../shapes';

/** A shape with another length along an axis. */
const withLength = (shape: Shape, axis: number, length: number): number[] =>
  shape.map((one, i) => (i === axis ? length : one));

const sliceOp: Kind = {
  read: ({config}) => {
    const [begin, sizes] = [config.integers('begin'), config.integers('size')];
    return (program, [x]) => {
      const shape = x.shape.map((length, i) => (sizes[i] < 0 ? length - begin[i] : sizes[i]));
      const fits = shape.every((length, i) => length > 0 && begin[i] >= 0 && begin[i] + length <= x.shape[i]);
      if (begin.length !== x.shape.length || !fits || shape[0] !== x.shape[0])
        throw new Error(`begin [${begin}] and size [${sizes}] do not fit its input of shape [${x.shape}]`);
      const y = program.value(shape, x.layout);
      copy(program, shape, from(x, begin), operandOf(y));
      return {...y, isWhole: x.isWhole};
    };
  },
};

/** The elements before and after each axis. */
function paddingsIn(config: Config, rank: number): number[][] {
  const all = config.raw('paddings');
  const isPair = (pair: unknown) =>
    Array.isArray(pair) &&
    pair.length === 2 &&
    pair.every((count) => Number.isInteger(count) && count >= 0 && count < 2 ** 24);
  if (!Array.isArray(all) || all.length !== rank || !all.every(isPair) || Math.max(...all[0]) > 0)
    throw new Error(`paddings must be ${rank} pairs of whole numbers, got ${JSON.stringify(all)}`);
  return all;
}

const padOp: Kind = {
  read: ({config}) => {
    const mode = config.choice('mode', ['constant', 'reflect', 'symmetric']);
    const value = config.real('value', 0);
    return (program, [x]) => {
      const paddings = paddingsIn(config, x.shape.length);
      if (mode !== 'constant') {
        return paddings.reduce((y, pair, axis) => mirror(program, y, axis, pair, +(mode === 'reflect')), x);
      }
      const shape = x.shape.map((length, i) => length + paddings[i][0] + paddings[i][1]);
      const y = program.value(shape, x.layout);
      fill(program, y, value);
      const befores = paddings.map(([before]) => before);
      copy(program, x.shape, operandOf(x), from(y, befores));
      return {...y, isWhole: x.isWhole};
    };
  },
};

/** Continues a value along an axis with its elements in the opposite order, without the outermost if `gap` is 1. */
function mirror(program: Program, x: Value, axis: number, [before, after]: number[], gap: number): Value {
  const length = x.shape[axis];
  if (Math.max(before, after) > length - gap)
    throw new Error(`paddings exceed its input of shape [${x.shape}]`);
  const y = program.value(withLength(x.shape, axis, before + length + after), x.layout);
  const zeros = x.shape.map(() => 0);
  const to = (place: number) => from(y, withLength(zeros, axis, place));
  copy(program, x.shape, operandOf(x), to(before));
  const reversed = (first: number, count: number, place: number) => {
    const {strides, ...rest} = from(x, withLength(zeros, axis, first));
    const back = {...rest, strides: withLength(strides, axis, -strides[axis])};
    if (count > 0) copy(program, withLength(x.shape, axis, count), back, to(place));
  };
  reversed(gap + before - 1, before, 0);
  reversed(length - 1 - gap, after, before + length);
  return y;
}

const gatherOp: Kind = {
  read: ({config}) => {
    const indices = config.integers('indices');
    const axis = config.number('axis');
    return (program, [x]) => {
      const place = innerAxis(axis, x.shape.length);
      const length = x.shape[place];
      if (indices.length === 0 || !indices.every((index) => index >= 0 && index < length))
        throw new Error(`indices [${indices}] do not fit its input of shape [${x.shape}]`);
      const shape = withLength(x.shape, place, indices.length);
      return gather(program, x, size(x.shape.slice(place + 1)), shape, config, (i) => {
        const k = i % indices.length;
        return ((i - k) / indices.length) * length + indices[k];
      });
    };
  },
};

const tileOp: Kind = {
  read: ({config}) => {
    const reps = config.integers('reps');
    return (program, [x]) => {
      if (reps.length !== x.shape.length || !reps.every((count) => count > 0) || reps[0] > 1)
        throw new Error(`reps [${reps}] do not fit its input of shape [${x.shape}]`);
      const y = program.value(
        x.shape.map((length, i) => length * reps[i]),
        x.layout,
      );
      const steps = stridesOf(y);
      copy(
        program,
        x.shape.flatMap((length, i) => [reps[i], length]),
        {at: at(x), strides: stridesOf(x).flatMap((stride) => [0, stride])},
        {at: at(y), strides: steps.flatMap((stride, i) => [stride * x.shape[i], stride])},
      );
      return {...y, isWhole: x.isWhole};
    };
  },
};

export const moves: Record<string, Kind> = {
  SliceOp: sliceOp,
  PadOp: padOp,
  GatherOp: gatherOp,
  TileOp: tileOp,
};

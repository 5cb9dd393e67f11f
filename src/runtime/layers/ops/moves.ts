import {gather} from '../../kernels/gather';
import {asRows, reshape} from '../../kernels/layout';
import {copy, operandOf} from '../../kernels/strided';
import {at, type Program} from '../../machine/Program';
import {type Shape, size, stridesOf, type Value} from '../../machine/Value';
import type {Config} from '../../model/Config';
import type {Kind} from '../../model/Layer';
import {innerAxis, permute} from '../axes';
import {assertImages, fill, from} from '../shapes';

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

/** Moves blocks of channels to positions, or back. */
const blocks = (isToSpace: boolean): Kind => ({
  read: ({config}) => {
    const block = config.count('block');
    return (program, [input]) => {
      assertImages(input);
      const [batch, height, width, channels] = input.shape;
      const fits = isToSpace ? channels % block ** 2 : (height % block) + (width % block);
      if (fits !== 0) throw new Error(`block ${block} does not divide its input of shape [${input.shape}]`);
      const x = asRows(program, input);
      const [tall, wide] = isToSpace ? [height, width] : [height / block, width / block];
      const inner = isToSpace ? channels / block : channels * block;
      const shape = isToSpace ? [batch * tall, wide, block, inner] : [batch * tall, block, wide, inner];
      const moved = permute(program, reshape(program, x, shape), [0, 2, 1, 3]);
      const out = isToSpace
        ? [batch, height * block, width * block, channels / block ** 2]
        : [batch, tall, wide, channels * block ** 2];
      return {...reshape(program, moved, out), isWhole: x.isWhole};
    };
  },
});

/** Makes an example of every few rows and columns of images. */
const spaceToBatchOp: Kind = {
  read: ({config}) => {
    const [tall, wide] = config.counts('block', 2);
    return (program, [input]) => {
      assertImages(input);
      const [batch, height, width, channels] = input.shape;
      if ((height % tall) + (width % wide) !== 0)
        throw new Error(`block ${tall},${wide} does not divide its input of shape [${input.shape}]`);
      const [rows, columns] = [height / tall, width / wide];
      const split = reshape(program, asRows(program, input), [batch * rows, tall, columns, wide, channels]);
      const moved = permute(program, split, [1, 3, 0, 2, 4]);
      const y = reshape(program, moved, [tall * wide * batch, rows, columns, channels]);
      return {...y, isWhole: input.isWhole};
    };
  },
};

/** Undoes SpaceToBatchOp, without the last rows and columns. */
const batchToSpaceOp: Kind = {
  read: ({config}) => {
    const [tall, wide] = config.counts('block', 2);
    const [bottom, right] = config.counts('crops', 2, undefined, 0);
    return (program, [input]) => {
      assertImages(input);
      const [examples, rows, columns, channels] = input.shape;
      const batch = examples / (tall * wide);
      const shape = [batch, rows * tall - bottom, columns * wide - right, channels];
      if (!shape.every((length) => Number.isInteger(length) && length > 0))
        throw new Error(
          `block ${tall},${wide} and crops ${bottom},${right} do not fit its input of shape [${input.shape}]`,
        );
      const split = reshape(program, asRows(program, input), [tall, wide, batch * rows, columns, channels]);
      const moved = permute(program, split, [2, 0, 3, 1, 4]);
      const whole = reshape(program, moved, [batch, rows * tall, columns * wide, channels]);
      if (bottom + right === 0) return {...whole, isWhole: input.isWhole};
      const y = program.value(shape);
      copy(program, shape, operandOf(whole), operandOf(y));
      return {...y, isWhole: input.isWhole};
    };
  },
};

export const moves: Record<string, Kind> = {
  SliceOp: sliceOp,
  PadOp: padOp,
  GatherOp: gatherOp,
  TileOp: tileOp,
  DepthToSpaceOp: blocks(true),
  SpaceToDepthOp: blocks(false),
  SpaceToBatchOp: spaceToBatchOp,
  BatchToSpaceOp: batchToSpaceOp,
};

import {reshape} from '../kernels/layout';
import {copy, type Operand, operandOf} from '../kernels/strided';
import {at, float, type Program} from '../machine/Program';
import {bytesOf, size, stridesOf, type Value} from '../machine/Value';
import type {Config} from '../model/Config';
import type {Kind, Run} from '../model/Layer';
import {Op} from '../Op';
import {isChannelsFirst, permute, toLast} from './axes';

const flatten: Kind = {
  read: ({config}): Run => {
    const isFirst = isChannelsFirst(config);
    return (program, [input]) => {
      const x = isFirst && input.shape.length > 2 ? toLast(program, input) : input;
      return reshape(program, x, [x.shape[0], size(x.shape.slice(1))]);
    };
  },
};

const reshaping: Kind = {
  read: ({config}) => {
    // One length may follow from the others; tfjs saves it as null.
    const target = config.integers('target_shape', -1);
    return (program, [x]) => {
      const known = target.filter((length) => length >= 0);
      const rest = size(x.shape.slice(1)) / size(known);
      return reshape(program, x, [x.shape[0], ...target.map((length) => (length < 0 ? rest : length))]);
    };
  },
};

const permuting: Kind = {
  read: ({config}) => {
    const dims = config.integers('dims');
    return (program, [x]) => {
      const isRight =
        dims.length === x.shape.length - 1 && x.shape.slice(1).every((_, i) => dims.includes(i + 1));
      if (!isRight) throw new Error(`dims [${dims}] do not fit its input of shape [${x.shape}]`);
      return permute(program, x, [0, ...dims]);
    };
  },
};

const repeatVector: Kind = {
  read: ({config}) => {
    const n = config.count('n');
    return (program, [x]) => {
      const [batch, length, ...others] = x.shape;
      if (others.length > 0) throw new Error(`its input has the shape [${x.shape}], not 2 axes`);
      const y = program.value([batch, n, length]);
      const [along, across] = stridesOf(x);
      copy(program, y.shape, {at: at(x), strides: [along, 0, across]}, operandOf(y));
      return y;
    };
  },
};

/** Where the rows and columns of images are, by their configuration. */
const imageAxes = (config: Config): [row: number, column: number] =>
  isChannelsFirst(config) ? [2, 3] : [1, 2];

/** Sets all elements of a value to one number. */
export function fill(program: Program, y: Value, value = 0): void {
  program.emit(Op.fill, at(y), bytesOf(y.shape, y.layout) / 4, float(value));
}

/** Numbers before and after rows and columns, which are one, one of each, or two of each. */
function margins(config: Config, key: string): number[][] {
  const value = config.raw(key);
  const both = Array.isArray(value) ? value : [value, value];
  const all = both.map((one) => (Array.isArray(one) ? one : [one, one]));
  const isRight = all.length === 2 && all.every((pair) => pair.length === 2);
  if (!isRight || !all.flat().every((one) => Number.isInteger(one) && one >= 0 && one < 2 ** 20)) {
    throw new Error(`${key} must be whole numbers, got ${JSON.stringify(value)}`);
  }
  return all;
}

export function assertImages(x: Value): void {
  if (x.shape.length !== 4) throw new Error(`its input has the shape [${x.shape}], not 4 axes`);
}

/** The elements of a value, from an offset along each axis. */
export function from(value: Value, offsets: readonly number[]): Operand {
  const strides = stridesOf(value);
  return {
    at: at(
      value,
      offsets.reduce((sum, offset, axis) => sum + offset * strides[axis], 0),
    ),
    strides,
  };
}

/** Images with other numbers of rows and columns. */
function resized(
  x: Value,
  axes: readonly number[],
  change: (length: number, which: number) => number,
): number[] {
  const shape = x.shape.map((length, axis) =>
    axes.includes(axis) ? change(length, axes.indexOf(axis)) : length,
  );
  if (shape.some((length) => length < 1))
    throw new Error(`its input has the shape [${x.shape}], which leaves nothing`);
  return shape;
}

const offsetsAlong = (axes: readonly number[], before: readonly number[]) =>
  [0, 1, 2, 3].map((axis) => (axes.includes(axis) ? before[axes.indexOf(axis)] : 0));

const zeroPadding2d: Kind = {
  read: ({config}) => {
    const pads = margins(config, 'padding');
    const axes = imageAxes(config);
    return (program, [x]) => {
      assertImages(x);
      const shape = resized(x, axes, (length, i) => length + pads[i][0] + pads[i][1]);
      const y = program.value(shape, x.layout);
      fill(program, y);
      copy(
        program,
        x.shape,
        operandOf(x),
        from(
          y,
          offsetsAlong(
            axes,
            pads.map(([before]) => before),
          ),
        ),
      );
      return y;
    };
  },
};

const cropping2d: Kind = {
  read: ({config}) => {
    const crops = margins(config, 'cropping');
    const axes = imageAxes(config);
    return (program, [x]) => {
      assertImages(x);
      const shape = resized(x, axes, (length, i) => length - crops[i][0] - crops[i][1]);
      const y = program.value(shape, x.layout);
      copy(
        program,
        shape,
        from(
          x,
          offsetsAlong(
            axes,
            crops.map(([before]) => before),
          ),
        ),
        operandOf(y),
      );
      return y;
    };
  },
};

/** Repeats rows and columns, as 6 axes: each of them has one more for its copies. */
export function repeatPixels(program: Program, x: Value, [down, across]: readonly number[]): Value {
  const [batch, height, width, channels] = x.shape;
  const y = program.value([batch, height * down, width * across, channels], x.layout);
  const [n, row, column, channel] = stridesOf(x);
  const [yn, yRow, yColumn, yChannel] = stridesOf(y);
  const strides = [yn, yRow * down, yRow, yColumn * across, yColumn, yChannel];
  copy(
    program,
    [batch, height, down, width, across, channels],
    {at: at(x), strides: [n, row, 0, column, 0, channel]},
    {at: at(y), strides},
  );
  return y;
}

export const shapes: Record<string, Kind> = {
  Flatten: flatten,
  Reshape: reshaping,
  Permute: permuting,
  RepeatVector: repeatVector,
  ZeroPadding2D: zeroPadding2d,
  Cropping2D: cropping2d,
};

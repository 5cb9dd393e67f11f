import {reshape} from '../kernels/layout';
import {copy, type Operand, operandOf} from '../kernels/strided';
import {at, float, type Program} from '../machine/Program';
import {bytesOf, size, stridesOf, type Value} from '../machine/Value';
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

/** Sets all elements of a value to one number. */
export function fill(program: Program, y: Value, value = 0): void {
  program.emit(Op.fill, at(y), bytesOf(y.shape, y.layout) / 4, float(value));
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
};

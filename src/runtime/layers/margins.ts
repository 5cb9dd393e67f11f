import {copy, operandOf} from '../kernels/strided';
import type {Value} from '../machine/Value';
import type {Config} from '../model/Config';
import type {Kind} from '../model/Layer';
import {isChannelsFirst} from './axes';
import {assertImages, fill, from} from './shapes';

/** Where the rows and columns of images are, by their configuration. */
const imageAxes = (config: Config): [row: number, column: number] =>
  isChannelsFirst(config) ? [2, 3] : [1, 2];

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

export const marginLayers: Record<string, Kind> = {
  ZeroPadding2D: zeroPadding2d,
  Cropping2D: cropping2d,
};

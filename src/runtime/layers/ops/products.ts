import {asRows} from '../../kernels/layout';
import {shapeOfBoth} from '../../kernels/strided';
import {at, float, type Program} from '../../machine/Program';
import {channelsOf, rowMajor, size, type Value} from '../../machine/Value';
import type {Kind} from '../../model/Layer';
import {Op} from '../../Op';
import {innerAxis, permute} from '../axes';
import {resize} from '../preprocessing';
import {partOf, spread} from './pairs';
import {isTrue, unaries} from './unaries';

/** The kinds of the kernel, each with its place as its number. */
const REDUCTIONS = ['sum', 'mean', 'max', 'prod', 'min'];

/** Moves axes behind the others. */
function behind(program: Program, x: Value, axes: readonly number[]): Value {
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  return permute(program, x, [...kept, ...axes]);
}

const reduceOp: Kind = {
  read: ({config}) => {
    const name = config.choice('op', [...REDUCTIONS, 'any', 'all']);
    const keepsAxes = config.flag('keep_dims', false);
    const given = config.integers('axes');
    return (program, [input]) => {
      const axes = given.map((axis) => innerAxis(axis, input.shape.length));
      const isLogical = name === 'any' || name === 'all';
      const kind = isLogical ? (name === 'any' ? 'max' : 'min') : name;
      const x = behind(program, isLogical ? isTrue(program, input) : input, axes);
      const count = size(axes.map((axis) => input.shape[axis]));
      const outer = size(input.shape) / count;
      const shape = input.shape.flatMap((length, i) =>
        axes.includes(i) ? (keepsAxes ? [1] : []) : [length],
      );
      const y = program.value(shape);
      const steps = [0, 4 * count, 4, 0, 4];
      program.emit(Op.reduce, at(x), at(y), 1, outer, count, ...steps, REDUCTIONS.indexOf(kind));
      return {...y, isWhole: input.isWhole && kind !== 'mean'};
    };
  },
};

const argOp: Kind = {
  read: ({config}) => {
    const isLeast = config.choice('op', ['argmax', 'argmin']) === 'argmin';
    const axis = config.number('axis');
    return (program, [input]) => {
      const place = innerAxis(axis, input.shape.length);
      const x = behind(program, isLeast ? unaries.neg(program, input) : input, [place]);
      const [shape, count] = [x.shape.slice(0, -1), input.shape[place]];
      const y = program.value(shape);
      program.emit(Op.largest, at(x), count, size(shape), at(y));
      return {...y, isWhole: true};
    };
  },
};

const matMulOp: Kind = {
  read: ({config}) => {
    const turns = ['transpose_a', 'transpose_b'].map((key) => config.flag(key, false));
    return (program, inputs) => {
      if (inputs.length !== 2 || inputs.some(({shape}) => shape.length < 2))
        throw new Error(`its inputs have the shapes ${inputs.map(({shape}) => `[${shape}]`).join(' and ')}`);
      const [a, b] = inputs.map((input, i) => {
        const rank = input.shape.length;
        return turns[i] ? behind(program, input, [rank - 1, rank - 2]) : asRows(program, input);
      });
      const [p, q] = [a, b].map(({shape}) => shape.slice(-2));
      if (p[1] !== q[0]) throw new Error(`its inputs have the shapes [${a.shape}] and [${b.shape}]`);
      const outer = shapeOfBoth(a.shape.slice(0, -2), b.shape.slice(0, -2));
      const [x, z] = [a, b].map((one) => {
        const shape = [...outer, ...one.shape.slice(-2)];
        return shape.join() === one.shape.join() ? one : spread(program, partOf(one), shape, 'rows');
      });
      const y = program.value([...outer, p[0], q[1]]);
      const bias = program.constants.filled(q[1], 0);
      const limits = [float(Number.NEGATIVE_INFINITY), float(Number.POSITIVE_INFINITY)];
      for (let n = 0; n < size(outer); n++) {
        const [from, by, to] = [p[0] * p[1], q[0] * q[1], p[0] * q[1]].map((each) => 4 * n * each);
        program.emit(Op.gemv, at(x, from), p[1], at(z, by), q[1], bias, ...limits, at(y, to), p[0]);
      }
      return y;
    };
  },
};

/** For each index in the last axis of the second input, a piece of the first, of the same example. */
const gatherNdOp: Kind = {
  read:
    ({config}) =>
    (program, inputs) => {
      if (inputs.length !== 2) throw new Error(`it has ${inputs.length} inputs, not 2`);
      const [x, indices] = inputs.map((input) => asRows(program, input));
      const [batch, ...outer] = indices.shape.slice(0, -1);
      const depth = channelsOf(indices.shape);
      if (depth >= x.shape.length || batch !== x.shape[0])
        throw new Error(`its inputs have the shapes [${x.shape}] and [${indices.shape}]`);
      const rest = x.shape.slice(depth + 1);
      const width = size(rest);
      const pieces = size(x.shape) / width / batch;
      const count = size(outer);
      const numbers = program.value([batch, count]);
      const {constants} = program;
      const steps = constants.once(config, `steps ${x.shape}`, () =>
        Float32Array.from(rowMajor(x.shape.slice(1, depth + 1)), (bytes) => bytes / 4),
      );
      const strides = [0, 4 * depth, 4, 0, 0, 4];
      program.emit(
        Op.contract,
        ...[at(indices), constants.address(steps), at(numbers), 1, batch * count, 1, depth, ...strides],
      );
      const y = program.value([batch, ...outer, ...rest]);
      for (let n = 0; n < batch; n++) {
        const [from, to] = [4 * n * pieces * width, 4 * n * count * width];
        program.emit(Op.gather, at(x, from), pieces, 4 * width, at(numbers, 4 * n * count), count, at(y, to));
      }
      return {...y, isWhole: x.isWhole};
    },
};

const resizeOp: Kind = {
  read: ({config}) => {
    const interpolates = config.choice('method', ['nearest', 'bilinear']) === 'bilinear';
    const sizes = config.counts('size', 2);
    const aligns = config.flag('align_corners', false);
    const isHalf = config.flag('half_pixel_centers', false);
    return (program, [x]) => resize(program, x, sizes, {interpolates, aligns, isHalf});
  },
};

export const reductions: Record<string, Kind> = {
  ReduceOp: reduceOp,
  ArgOp: argOp,
  MatMulOp: matMulOp,
  GatherNdOp: gatherNdOp,
  ResizeOp: resizeOp,
};

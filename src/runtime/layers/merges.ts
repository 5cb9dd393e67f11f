import {asRows, reshape} from '../kernels/layout';
import {combine, copy, type Operation, operandOf, withConstant} from '../kernels/strided';
import {at, type Program} from '../machine/Program';
import {type Shape, size, stridesOf, type Value} from '../machine/Value';
import type {Kind} from '../model/Layer';
import {Op} from '../Op';
import {axisFrom} from './axes';
import {from} from './shapes';

/** Merges element by element. Inputs of fewer axes get more after the batch, as in tfjs. */
const merging = (operation: Operation, averages = false): Kind => ({
  read: () => (program, inputs) => {
    const rank = Math.max(...inputs.map(({shape}) => shape.length));
    const [first, ...others] = inputs.map((x) => expanded(program, x, rank));
    if (first === undefined) throw new Error('it has no inputs');
    const sum = others.reduce((y, x) => combine(program, operation, y, x), first);
    return averages ? withConstant(program, 'multiply', sum, share(inputs.length), [1]) : sum;
  },
});

const shares = new Map<number, Float32Array>();

function share(count: number): Float32Array {
  const known = shares.get(count) ?? Float32Array.of(1 / count);
  shares.set(count, known);
  return known;
}

function expanded(program: Program, x: Value, rank: number): Value {
  const missing = rank - x.shape.length;
  if (missing === 0) return x;
  const [batch, ...rest] = x.shape;
  return reshape(program, x, [batch, ...Array(missing).fill(1), ...rest]);
}

const concatenate: Kind = {
  read: ({config}) => {
    const axis = config.number('axis', -1);
    return (program, inputs) => {
      const along = axisFrom(axis, inputs[0].shape.length);
      return join(program, inputs, along);
    };
  },
};

/** Values one after the other along an axis. */
export function join(program: Program, inputs: readonly Value[], axis: number): Value {
  const [{shape: first, layout}] = inputs;
  for (const {shape} of inputs) {
    const fits =
      shape.length === first.length && shape.every((length, i) => i === axis || length === first[i]);
    if (!fits)
      throw new Error(`its inputs have the shapes ${inputs.map((x) => `[${x.shape}]`).join(' and ')}`);
  }
  const shape = first.map((length, i) =>
    i === axis ? inputs.reduce((sum, x) => sum + x.shape[axis], 0) : length,
  );
  const y = program.value(shape, layout);
  let offset = 0;
  for (const x of inputs) {
    copy(
      program,
      x.shape,
      operandOf(x),
      from(
        y,
        shape.map((_, i) => (i === axis ? offset : 0)),
      ),
    );
    offset += x.shape[axis];
  }
  return y;
}

/** y[n, i, j] = Σ x[n, k, i] · z[n, k, j], where k is an axis of both. */
const dot: Kind = {
  read: ({config}) => {
    if (config.flag('normalize', false)) throw new Error('normalize is not supported');
    const axes = [config.raw('axes')].flat() as number[];
    return (program, inputs) => {
      if (inputs.length !== 2) throw new Error(`it has ${inputs.length} inputs, not 2`);
      const [x, z] = inputs.map((input) => asRows(program, input));
      const [p, q] = [x, z].map(({shape}, i) => axisFrom(axes[i] ?? axes[0], shape.length));
      const [batch] = x.shape;
      const free = (shape: Shape, axis: number) => shape.map((_, i) => i).filter((i) => i > 0 && i !== axis);
      const [along, across] = [free(x.shape, p), free(z.shape, q)];
      const isRight = p > 0 && q > 0 && x.shape[p] === z.shape[q] && along.length < 2 && across.length < 2;
      if (!isRight) throw new Error(`axes [${axes}] do not fit its inputs [${x.shape}] and [${z.shape}]`);
      const lengths = [along.map((axis) => x.shape[axis]), across.map((axis) => z.shape[axis])];
      const shape = [batch, ...lengths.flat()];
      const y = program.value(shape.length === 1 ? [batch, 1] : shape);
      const steps = (value: Value, axes: number[], summed: number) => {
        const strides = stridesOf(value);
        return [strides[0], strides[axes[0]] ?? 0, strides[summed]];
      };
      const counts = [batch, size(lengths[0]), size(lengths[1]), x.shape[p]];
      program.emit(
        Op.contract,
        at(x),
        at(z),
        at(y),
        ...counts,
        ...steps(x, along, p),
        ...steps(z, across, q),
      );
      return y;
    };
  },
};

export const merges: Record<string, Kind> = {
  Add: merging('add'),
  Multiply: merging('multiply'),
  Average: merging('add', true),
  Maximum: merging('max'),
  Minimum: merging('min'),
  Concatenate: concatenate,
  Dot: dot,
};

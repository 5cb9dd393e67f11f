import {asRows} from '../kernels/layout';
import {copy, operandOf} from '../kernels/strided';
import {at, type Program} from '../machine/Program';
import {stridesOf, type Value} from '../machine/Value';
import type {Config} from '../model/Config';
import type {Run} from '../model/Layer';

/** A value whose axis i is the axis `axes[i]` of x. */
export function permute(program: Program, x: Value, axes: readonly number[]): Value {
  const from = asRows(program, x);
  const strides = stridesOf(from);
  const shape = axes.map((axis) => x.shape[axis]);
  const y = program.value(shape);
  copy(program, shape, {at: at(from), strides: axes.map((axis) => strides[axis])}, operandOf(y));
  return y;
}

/** Moves the channels, the first axis after the batch, behind the others. */
export const toLast = (program: Program, x: Value) =>
  permute(program, x, [0, ...x.shape.slice(2).map((_, i) => i + 2), 1]);

/** Moves them back. */
export const toFirst = (program: Program, x: Value) =>
  permute(program, x, [0, x.shape.length - 1, ...x.shape.slice(2).map((_, i) => i + 1)]);

export const isChannelsFirst = (config: Config): boolean =>
  config.choice('data_format', ['channelslast', 'channelsfirst']) === 'channelsfirst';

export function assertChannelsLast(config: Config): void {
  if (isChannelsFirst(config)) throw new Error('data_format channelsFirst is not supported');
}

/** Runs a layer of images whose channels are last on those that its configuration has. */
export function channelsLast(config: Config, run: (program: Program, x: Value) => Value): Run {
  if (!isChannelsFirst(config)) return (program, [x]) => run(program, x);
  return (program, [x]) => toFirst(program, run(program, toLast(program, x)));
}

/** An axis beside that of the batch. @throws if there is none. */
export function innerAxis(axis: number, rank: number): number {
  const from = axisFrom(axis, rank);
  if (from === 0) throw new Error('an op along the batch is not supported');
  return from;
}

/** An axis counted from the front. @throws if there is none. */
export function axisFrom(axis: number, rank: number): number {
  const from = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(from) || from < 0 || from >= rank)
    throw new Error(`the axis ${axis} is not one of ${rank}`);
  return from;
}

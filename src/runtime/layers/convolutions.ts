import {convolve} from '../kernels/convolve';
import {reshape} from '../kernels/layout';
import {axisOf, still, type Window, windowFrom} from '../kernels/window';
import type {Program} from '../machine/Program';
import {channelsOf, type Value} from '../machine/Value';
import type {Config} from '../model/Config';
import {type Ending, finish} from './ending';

/** @throws unless a value has as many channels. */
export function assertChannels(x: Value, channels: number): void {
  if (channelsOf(x.shape) !== channels)
    throw new Error(`its input has the shape [${x.shape}], its kernel ${channels} channels`);
}

/** How a layer moves its windows over images. */
export interface Moves {
  readonly windows: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: string;
}

/** @param kernel The shape of a kernel, which begins with those of its windows. */
export function movesOf(config: Config, rank: number, kernel: readonly number[]): Moves {
  const moves = {
    windows: kernel.slice(0, rank),
    strides: config.counts('strides', rank, 1),
    dilations: config.counts('dilation_rate', rank, 1),
    padding: config.choice('padding', ['valid', 'same']),
  };
  if (moves.windows.some((length) => length < 1)) throw new Error(`its kernel has the shape [${kernel}]`);
  return moves;
}

/** Images or sequences [batch, …, channels] as volumes of three axes. */
export function asVolumes(program: Program, x: Value, rank: number): Value {
  const [batch, ...rest] = x.shape;
  if (rest.length !== rank + 1) throw new Error(`its input has the shape [${x.shape}], not ${rank + 2} axes`);
  return reshape(program, x, [batch, ...Array(3 - rank).fill(1), ...rest]);
}

/** Volumes as images or sequences again. */
export function fromVolumes(program: Program, y: Value, rank: number): Value {
  const [batch, ...rest] = y.shape;
  return reshape(program, y, [batch, ...rest.slice(3 - rank)]);
}

/** A window along the axes that a volume has beside those of images, and along these. */
export function windowOn(x: Value, {windows, strides, dilations, padding}: Moves): Window {
  const rank = windows.length;
  const window = windowFrom((axis) => {
    const [size, i] = [x.shape[axis + 1], axis - 3 + rank];
    if (i < 0) return still(size);
    return axisOf(size, {window: windows[i], step: strides[i], dilation: dilations[i], padding});
  });
  if (window.some(({out}) => out < 1))
    throw new Error(`its input of shape [${x.shape}] is smaller than its window`);
  return window;
}

/** A convolution of images of `rank` axes by a matrix. */
export function convolution(rank: number, moves: Moves, channels: number, end: Ending, multiplier?: number) {
  return (program: Program, input: Value): Value => {
    assertChannels(input, channels);
    const x = asVolumes(program, input, rank);
    const y = convolve(program, x, windowOn(x, moves), end.factor, multiplier);
    return finish(program, fromVolumes(program, y, rank), end);
  };
}

import {convolve} from '../kernels/convolve';
import {reshape} from '../kernels/layout';
import {type Factor, product} from '../kernels/product';
import {axisOf, still, type Window, windowFrom} from '../kernels/window';
import type {Program} from '../machine/Program';
import {channelsOf, type Value} from '../machine/Value';
import type {Config} from '../model/Config';
import type {Activation, Kind, Layer, Weight} from '../model/Layer';
import {activate, activationIn, clampFor} from './activations';
import {assertChannelsLast, channelsLast} from './axes';

/** A product, and the ops that are computed with it. */
export interface Ending {
  readonly factor: Factor;
  /** An activation that the product does not compute. */
  readonly activation?: Activation;
}

/**
 * The matrix of a layer, with its bias and all that follows.
 *
 * @param values [inputs, outputs]
 */
export function ending({config, after, weight}: Layer, values: Float32Array, outputs: number): Ending {
  const added = config.flag('use_bias', true) ? weight('bias', 1).values : new Float32Array(outputs);
  if (added.length !== outputs) throw new Error(`bias has ${added.length} elements, not ${outputs}`);
  const own = activationIn(config);
  const activation = own.name === 'linear' ? (after.activation ?? own) : own;
  const clamp = clampFor(activation);
  const {scale, shift} = after.norm ?? {};
  if (scale !== undefined && scale.length !== outputs)
    throw new Error('the batch norm after it has other channels');
  const bias = added.map((value, i) => value * (scale?.[i] ?? 1) + (shift?.[i] ?? 0));
  const factor = {
    ...(scale === undefined ? {values} : {values: scaled(values, scale), from: {values, scale}}),
    outputs,
    bias,
    ...(clamp ?? {low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY}),
  };
  return clamp === undefined ? {factor, activation} : {factor};
}

function scaled(values: Float32Array, scale: Float32Array): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0, j = 0; i < values.length; i++) {
    result[i] = values[i] * scale[j];
    if (++j === scale.length) j = 0;
  }
  return result;
}

/** Adds the activation that the product does not compute. */
export const finish = (program: Program, y: Value, {activation}: Ending) =>
  activation === undefined ? y : activate(program, y, activation);

function assertChannels(x: Value, channels: number): void {
  if (channelsOf(x.shape) !== channels)
    throw new Error(`its input has the shape [${x.shape}], its kernel ${channels} channels`);
}

const dense: Kind = {
  read: (layer) => {
    const {shape, values} = layer.weight('kernel', 2);
    const end = ending(layer, values, shape[1]);
    return (program, [x]) => {
      assertChannels(x, shape[0]);
      return finish(program, product(program, x, end.factor), end);
    };
  },
  keepsMask: true,
  fuses: 0,
};

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

const conv = (rank: number): Kind => ({
  read: (layer) => {
    const {config} = layer;
    // Of sequences tfjs leaves the outputs with the channels last, and saves no format.
    if (rank === 1) assertChannelsLast(config);
    const {shape, values} = layer.weight('kernel', rank + 2);
    const end = ending(layer, values, shape[rank + 1]);
    return channelsLast(config, convolution(rank, movesOf(config, rank, shape), shape[rank], end));
  },
  fuses: rank + 2,
});

/** Depthwise weights, [window, channels, multiplier], are a matrix with a row for each place of the window. */
const depthwise: Kind = {
  read: (layer) => {
    const {shape, values} = layer.weight('depthwise_kernel', 4);
    const [channels, multiplier] = shape.slice(2);
    const end = ending(layer, values, channels * multiplier);
    return channelsLast(
      layer.config,
      convolution(2, movesOf(layer.config, 2, shape), channels, end, multiplier),
    );
  },
  fuses: 4,
};

const separable: Kind = {
  read: (layer) => {
    const {config} = layer;
    // tfjs adds its bias along the rows then.
    assertChannelsLast(config);
    const first = layer.weight('depthwise_kernel', 4);
    const second = layer.weight('pointwise_kernel', 4);
    const [channels, multiplier] = first.shape.slice(2);
    const moves = movesOf(config, 2, first.shape);
    const spread = convolution(2, moves, channels, bare(first, channels * multiplier), multiplier);
    const end = ending(layer, second.values, second.shape[3]);
    return (program, [x]) => {
      const inner = spread(program, x);
      assertChannels(inner, second.shape[2]);
      return finish(program, product(program, inner, end.factor), end);
    };
  },
  fuses: 4,
};

/** A matrix without bias and activation. */
export function bare({values}: Weight, outputs: number): Ending {
  const bias = new Float32Array(outputs);
  return {factor: {values, outputs, bias, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY}};
}

export const products: Record<string, Kind> = {
  Dense: dense,
  Conv1D: conv(1),
  Conv2D: conv(2),
  Conv3D: conv(3),
  DepthwiseConv2D: depthwise,
  SeparableConv2D: separable,
};

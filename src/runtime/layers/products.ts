import {product} from '../kernels/product';
import type {Kind} from '../model/Layer';
import {assertChannelsLast, channelsLast} from './axes';
import {assertChannels, convolution, movesOf} from './convolutions';
import {bare, ending, finish} from './ending';

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

export const products: Record<string, Kind> = {
  Dense: dense,
  Conv1D: conv(1),
  Conv2D: conv(2),
  Conv3D: conv(3),
  DepthwiseConv2D: depthwise,
  SeparableConv2D: separable,
};

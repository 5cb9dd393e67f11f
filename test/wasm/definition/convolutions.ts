import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {between} from '../arbitraries';
import {type Case, dims, format, moving} from './cases';
import {broadcast, channelsLast, map, type Nd} from './nd';
import {convolution, depthwise, reachOf, type Steps, transposed} from './windows';

const {layers} = tf;

/** One number if all are equal, as 1D layers of tfjs require. */
const windowOf = ({size, strides, padding}: Steps) => ({
  kernelSize: size as [number, number],
  strides: strides as [number, number],
  padding,
});

const biased = (y: Nd, bias: Nd | undefined) =>
  bias === undefined ? y : broadcast([y, bias], ([value, more]) => value + more);
const relu = (y: Nd) => map(y, (value) => Math.max(0, value));

export function convolutional(rank: 1 | 2 | 3): fc.Arbitrary<Case> {
  const largest = {length: rank === 3 ? 4 : 7, size: 3, stride: 4};
  const make = {1: layers.conv1d, 2: layers.conv2d, 3: layers.conv3d}[rank] as typeof layers.conv2d;
  const options = fc.record({filters: between(1, 5), useBias: fc.boolean(), isRelu: fc.boolean()});
  return fc.tuple(moving(rank, largest), options).map(([{input, isFirst, steps}, {isRelu, ...options}]) => {
    const activation = isRelu ? ('relu' as const) : undefined;
    const config = {...windowOf(steps), dataFormat: format(isFirst), activation, ...options};
    return {
      config,
      inputs: [input],
      layer: () => make(config as Parameters<typeof layers.conv2d>[0]),
      define: ([x], [kernel, bias]) =>
        channelsLast(x, isFirst, (x) => {
          const y = biased(convolution(x, kernel, steps), bias);
          return isRelu ? relu(y) : y;
        }),
    };
  });
}

export function dilated(rank: 1 | 2 | 3): fc.Arbitrary<Case> {
  const make = {1: layers.conv1d, 2: layers.conv2d, 3: layers.conv3d}[rank] as typeof layers.conv2d;
  const largest = {length: rank === 3 ? 5 : 8, size: 3, stride: 1};
  return fc
    .tuple(moving(rank, largest), dims(rank, 3))
    .filter(([{input, isFirst, steps}, dilation]) => {
      const lengths = isFirst ? [input[0], ...input.slice(2), input[1]] : input;
      return Math.min(...reachOf(lengths, {...steps, dilation}).out) > 0;
    })
    .map(([{input, isFirst, steps}, dilation]) => {
      const config = {
        ...windowOf(steps),
        dilationRate: dilation as [number, number],
        dataFormat: format(isFirst),
        filters: 3,
      };
      return {
        config,
        inputs: [input],
        layer: () => make(config as Parameters<typeof layers.conv2d>[0]),
        define: ([x], [kernel, bias]) =>
          channelsLast(x, isFirst, (x) => biased(convolution(x, kernel, {...steps, dilation}), bias)),
        trains: false,
      };
    });
}

const images = {length: 7, size: 3, stride: 4};

export const depthwiseConv2d = fc
  .tuple(moving(2, images), between(1, 3))
  .map(([{input, isFirst, steps}, depthMultiplier]): Case => {
    const config = {...windowOf(steps), dataFormat: format(isFirst) as 'channelsLast', depthMultiplier};
    return {
      config,
      inputs: [input],
      layer: () => layers.depthwiseConv2d(config),
      define: ([x], [kernel, bias]) =>
        channelsLast(x, isFirst, (x) => biased(depthwise(x, kernel, steps), bias)),
    };
  });

export const separableConv2d = fc
  .tuple(moving(2, images), between(1, 3), between(1, 4))
  .map(([{input, isFirst, steps}, depthMultiplier, filters]): Case => {
    // With channelsFirst, tfjs adds the bias along the rows.
    const useBias = !isFirst;
    const config = {
      ...windowOf(steps),
      dataFormat: format(isFirst) as 'channelsLast',
      depthMultiplier,
      filters,
      useBias,
    };
    const one: Steps = {size: [1, 1], strides: [1, 1], padding: 'valid'};
    return {
      config,
      inputs: [input],
      layer: () => layers.separableConv2d(config),
      define: ([x], [kernel, pointwise, bias]) =>
        channelsLast(x, isFirst, (x) =>
          biased(convolution(depthwise(x, kernel, steps), pointwise, one), bias),
        ),
    };
  });

export function transposing(rank: 2 | 3): fc.Arbitrary<Case> {
  const make = (
    rank === 2 ? layers.conv2dTranspose : layers.conv3dTranspose
  ) as typeof layers.conv2dTranspose;
  return fc
    .tuple(moving(rank, {length: 7 - rank, size: 3, stride: 3}), between(1, 3))
    .map(([{input, isFirst, steps}, filters]) => {
      const config = {...windowOf(steps), dataFormat: format(isFirst), filters};
      return {
        config,
        inputs: [input],
        layer: () => make(config as Parameters<typeof layers.conv2dTranspose>[0]),
        define: ([x], [kernel, bias]) =>
          channelsLast(x, isFirst, (x) => biased(transposed(x, kernel, steps), bias)),
        trains: rank === 2,
      };
    });
}

import {
  backend_util,
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type DepthwiseConv2dNativeBackpropInputInputs,
  Reverse,
  Sum,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel} from './backend';
import {padForInputGradient} from './padAndDilate';

/**
 * The gradient of a depthwise convolution with respect to its input: a depthwise convolution of dy, dilated by the stride,
 * with the filter rotated by 180°, summed over each channel's outputs.
 *
 * `dx[b, h, w, c] = Σ dy[b, r, s, c · m + q] · filter[h + top - r · stride, w + left - s · stride, c, q]` over
 * r, s and the m outputs q of the channel.
 */
export const depthwiseConv2dBackpropInput =
  (): Kernel<DepthwiseConv2dNativeBackpropInputInputs, DepthwiseConv2dNativeBackpropInputAttrs> =>
  ({inputs: {dy, filter}, attrs, backend}) => {
    const {strides, dilations, pad, dimRoundingMode, inputShape} = attrs;
    const [filterHeight, filterWidth, channels, multiplier] = filter.shape;
    const info = backend_util.computeConv2DInfo(
      inputShape,
      filter.shape as [number, number, number, number],
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    );
    const {batchSize, inHeight, inWidth, outChannels} = info;
    return compose(backend, (run, track) => {
      const canvas = track(padForInputGradient(backend, dy, info));
      const rotated = run(Reverse, {x: filter}, {dims: [0, 1]});
      const dx = run(
        DepthwiseConv2dNative,
        {x: canvas, filter: {...rotated, shape: [filterHeight, filterWidth, outChannels, 1]}},
        {strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations: 1},
      );
      if (multiplier === 1) return dx;
      const outputs = {...dx, shape: [batchSize, inHeight, inWidth, channels, multiplier]};
      return run(Sum, {x: outputs}, {axis: [4], keepDims: false});
    });
  };

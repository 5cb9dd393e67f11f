import {
  backend_util,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropFilterInputs,
} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';
import {address} from './sideModule';
import {simd} from './simd';

/**
 * The gradient of a depthwise convolution with respect to its filter `[height, width, channels, multiplier]`.
 *
 * `dw[i, j, c, q] = Σ x[b, r · stride + i - top, s · stride + j - left, c] · dy[b, r, s, c · m + q]` over b, r, s.
 */
export const depthwiseConv2dBackpropFilter =
  (): Kernel<DepthwiseConv2dNativeBackpropFilterInputs, DepthwiseConv2dNativeBackpropFilterAttrs> =>
  ({inputs: {x, dy}, attrs, backend}) => {
    const {strides, dilations, pad, dimRoundingMode, filterShape} = attrs;
    const shape = x.shape as [number, number, number, number];
    const info = backend_util.computeConv2DInfo(
      shape,
      filterShape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    );
    const {outHeight, outWidth, strideHeight, strideWidth, padInfo} = info;
    const dw = backend.makeOutput(filterShape, 'float32');
    simd(backend).depthwiseFilter(
      address(backend, x),
      ...shape,
      filterShape[3],
      address(backend, dy),
      outHeight,
      outWidth,
      strideHeight,
      strideWidth,
      padInfo.top,
      padInfo.left,
      address(backend, dw),
      filterShape[0],
      filterShape[1],
    );
    return dw;
  };

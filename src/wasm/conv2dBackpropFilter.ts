import {
  backend_util,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropFilterInputs,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel} from './backend';
import {padAndDilate} from './padAndDilate';
import {address} from './sideModule';
import {simd} from './simd';

/**
 * The gradient of a convolution with respect to its filter `[height, width, in, out]`.
 *
 * `dw[i, j, c, d] = Σ x[b, r · stride + i - top, s · stride + j - left, c] · dy[b, r, s, d]` over b, r, s.
 *
 * @throws for formats other than NHWC, which the backend's convolution does not support either.
 */
export const conv2dBackpropFilter =
  (): Kernel<Conv2DBackpropFilterInputs, Conv2DBackpropFilterAttrs> =>
  ({inputs: {x, dy}, attrs, backend}) => {
    const {strides, pad, dataFormat, dimRoundingMode, filterShape} = attrs;
    if (dataFormat !== 'NHWC') {
      throw new Error(
        `Conv2DBackpropFilter: the WASM backend does not support dataFormat '${dataFormat}'; use 'NHWC'`,
      );
    }
    const info = backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const {batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo} = info;
    const {strideHeight, strideWidth, filterHeight, filterWidth} = info;
    const height = Math.max(inHeight, (outHeight - 1) * strideHeight + filterHeight);
    const width = Math.max(inWidth, (outWidth - 1) * strideWidth + filterWidth);
    return compose(backend, (_, track) => {
      const inside = padInfo.top + padInfo.left === 0 && height === inHeight && width === inWidth;
      const canvas = inside
        ? x
        : track(padAndDilate(backend, x, [height, width], [padInfo.top, padInfo.left]));
      const dw = track(backend.makeOutput(filterShape, 'float32'));
      const pitch = width * inChannels;
      // A 1 × 1 convolution is a matrix product: each image becomes one long row.
      const flat = pitch * strideHeight === outWidth * strideWidth * inChannels && filterHeight === 1;
      simd(backend).filter(
        address(backend, canvas),
        height * pitch,
        flat ? 0 : pitch,
        strideHeight,
        strideWidth * inChannels,
        address(backend, dy),
        batchSize,
        flat ? 1 : outHeight,
        flat ? outWidth * outHeight : outWidth,
        outChannels,
        address(backend, dw),
        filterHeight,
        filterWidth * inChannels,
      );
      return dw;
    });
  };

import {
  BatchMatMul,
  backend_util,
  Conv2D,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropFilterInputs,
  Transpose,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel} from './backend';
import {lay} from './lay';

/**
 * The gradient of a convolution by its filter `[height, width, in, out]`. It is a convolution itself: x, its
 * batch in the place of the channels, with dy, dilated by the stride. Throws for other formats than NHWC,
 * which the backend's convolution does not take either.
 *
 * `dw[i, j, c, d] = Σ x[b, r · stride + i - top, s · stride + j - left, c] · dy[b, r, s, d]` over b, r, s.
 */
export const conv2dBackpropFilter =
  (): Kernel<Conv2DBackpropFilterInputs, Conv2DBackpropFilterAttrs> =>
  ({inputs: {x, dy}, attrs, backend}) => {
    const {strides, pad, dataFormat, dimRoundingMode, filterShape} = attrs;
    if (dataFormat !== 'NHWC') {
      throw new Error(
        `Conv2DBackpropFilter: the WASM backend cannot do dataFormat '${dataFormat}'; use 'NHWC'`,
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
    const {
      batchSize,
      inChannels,
      outChannels,
      filterHeight,
      filterWidth,
      outHeight,
      outWidth,
      strideHeight,
      strideWidth,
      padInfo,
    } = info;
    const height = (outHeight - 1) * strideHeight + filterHeight;
    const width = (outWidth - 1) * strideWidth + filterWidth;
    return compose(backend, (run, own) => {
      const pixelwise = filterHeight * filterWidth * strideHeight * strideWidth === 1;
      if (pixelwise && outHeight === info.inHeight && outWidth === info.inWidth) {
        // Pixel by pixel it is a product of matrices, and a convolution with an output of one pixel is slow.
        const pixels = batchSize * outHeight * outWidth;
        const a = {...x, shape: [pixels, inChannels]};
        const b = {...dy, shape: [pixels, outChannels]};
        return {...run(BatchMatMul, {a, b}, {transposeA: true, transposeB: false}), shape: filterShape};
      }
      const images = run(Transpose, {x}, {perm: [3, 1, 2, 0]});
      const canvas = own(lay(backend, images, [height, width], [padInfo.top, padInfo.left]));
      const filter = run(Transpose, {x: dy}, {perm: [1, 2, 0, 3]});
      const gradient = run(
        Conv2D,
        {x: canvas, filter},
        {strides: 1, pad: 'valid', dataFormat, dilations: [strideHeight, strideWidth]},
      );
      return run(Transpose, {x: gradient}, {perm: [1, 2, 0, 3]});
    });
  };

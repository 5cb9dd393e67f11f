import {
  backend_util,
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropFilterInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel, type WasmBackend} from './backend';
import {sumRows} from './sumRows';

/** XNNPACK has fast loops for depthwise filters of exactly 3, 4, 9 and 25 places, and a slow one for others. */
const BAND = 9;

/**
 * The gradient of a depthwise convolution by its filter `[height, width, channels, multiplier]`. It is a
 * depthwise convolution itself, of x with dy as the filter. The rows of dy are cut into bands for that;
 * each column of each band of each image is a channel of its own, and these are summed.
 *
 * `dw[i, j, c, q] = Σ x[b, r · stride + i - top, s · stride + j - left, c] · dy[b, r, s, c · m + q]` over b,
 * r, s.
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
    const {batchSize, outHeight, outWidth, strideHeight} = info;
    const bands = Math.ceil(outHeight / BAND);
    return compose(backend, (run, own) => {
      const products = run(
        DepthwiseConv2dNative,
        {
          x: own(bandsOfInput(backend, x, info, bands)),
          filter: own(bandsOfGradient(backend, dy, filterShape[3], bands)),
        },
        {strides: 1, pad: 'valid', dataFormat: 'NHWC', dilations: [strideHeight, 1]},
      );
      const [height, width, channels, multiplier] = filterShape;
      const sums = own(
        sumRows(backend, products, [height * width, batchSize * bands * outWidth, channels * multiplier]),
      );
      return {...sums, shape: filterShape};
    });
  };

/** dy as a filter `[BAND, 1, images · bands · columns · channels, multiplier]`. */
function bandsOfGradient(
  backend: WasmBackend,
  dy: TensorInfo,
  multiplier: number,
  bands: number,
): TensorInfo {
  const [batch, height, width, depth] = dy.shape;
  const size = width * depth;
  const filter = backend.makeOutput([BAND, 1, (batch * bands * size) / multiplier, multiplier], 'float32');
  const from = backend.typedArrayFromHeap(dy);
  const to = backend.typedArrayFromHeap(filter).fill(0);
  for (let b = 0; b < batch; b++) {
    for (let r = 0; r < height; r++) {
      const start = (b * height + r) * size;
      const band = b * bands + Math.floor(r / BAND);
      to.set(from.subarray(start, start + size), ((r % BAND) * batch * bands + band) * size);
    }
  }
  return filter;
}

/**
 * What each band of dy meets in x: an image `[height of x under a band, filter width, images · bands ·
 * columns of dy · channels]`.
 */
function bandsOfInput(
  backend: WasmBackend,
  x: TensorInfo,
  info: backend_util.Conv2DInfo,
  bands: number,
): TensorInfo {
  const {batchSize, inHeight, inWidth, inChannels, outWidth, filterHeight, filterWidth} = info;
  const {strideHeight, strideWidth, padInfo} = info;
  const height = (BAND - 1) * strideHeight + filterHeight;
  const groups = batchSize * bands;
  const size = outWidth * inChannels;
  const canvas = backend.makeOutput([1, height, filterWidth, groups * size], 'float32');
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(canvas).fill(0);
  for (let group = 0; group < groups; group++) {
    const top = (group % bands) * BAND * strideHeight - padInfo.top;
    const end = Math.min(height, inHeight - top);
    for (let h = Math.max(0, -top); h < end; h++) {
      const row = (Math.floor(group / bands) * inHeight + top + h) * inWidth;
      for (let j = 0; j < filterWidth; j++) {
        const left = j - padInfo.left;
        const first = Math.max(0, Math.ceil(-left / strideWidth));
        const last = Math.min(outWidth, Math.ceil((inWidth - left) / strideWidth));
        // Columns that are neighbors in x too are copied at once.
        const span = strideWidth === 1 ? Math.max(1, last - first) : 1;
        const target = ((h * filterWidth + j) * groups + group) * size;
        for (let s = first; s < last; s += span) {
          const start = (row + left + s * strideWidth) * inChannels;
          to.set(from.subarray(start, start + span * inChannels), target + s * inChannels);
        }
      }
    }
  }
  return canvas;
}

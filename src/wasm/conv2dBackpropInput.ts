import {
  backend_util,
  Conv2D,
  type Conv2DBackpropInputAttrs,
  type Conv2DBackpropInputInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel, type WasmBackend} from './backend';
import {padForInputGradient} from './padAndDilate';

type BackpropInput = Kernel<Conv2DBackpropInputInputs, Conv2DBackpropInputAttrs>;

/** XNNPACK computes output channels in groups of eight, and so one costs as much as eight. */
const LANES = 8;

/**
 * The gradient of a convolution with respect to its input: a convolution of dy, dilated by the stride, with the filter
 * rotated by 180° and its channels swapped. Falls back to the stock kernel for formats other than NHWC.
 *
 * `dx[b, h, w, c] = Σ dy[b, r, s, d] · filter[h + top - r · stride, w + left - s · stride, c, d]` over r, s, d.
 */
export const conv2dBackpropInput =
  (stock: BackpropInput): BackpropInput =>
  (args) => {
    const {inputs, attrs, backend} = args;
    const {dy, filter} = inputs;
    const {strides, pad, dataFormat, dimRoundingMode, inputShape} = attrs;
    if (dataFormat !== 'NHWC') return stock(args);
    const filterShape = filter.shape as [number, number, number, number];
    const info = backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode);
    const {inWidth, inChannels} = info;
    // With few channels, neighboring columns count as channels; the memory layout is the same.
    let columns = Math.max(1, Math.floor(LANES / inChannels));
    while (inWidth % columns) columns--;
    return compose(backend, (run, track) => {
      const canvas = track(padForInputGradient(backend, dy, info));
      const dx = run(
        Conv2D,
        {x: canvas, filter: track(rotate(backend, filter, columns))},
        {strides: [1, columns], pad: 'valid', dataFormat, dilations: 1},
      );
      return {...dx, shape: inputShape};
    });
  };

/**
 * The filter `[height, width, in, out]` rotated by 180° with its channels swapped, repeated for each of the neighboring
 * columns with a shift of one to the right.
 *
 * @returns `[height, width + columns - 1, out, columns · in]`
 */
function rotate(backend: WasmBackend, filter: TensorInfo, columns: number): TensorInfo {
  const [height, width, inputs, outputs] = filter.shape;
  const wide = width + columns - 1;
  const rotated = backend.makeOutput([height, wide, outputs, columns * inputs], 'float32');
  const from = backend.typedArrayFromHeap(filter);
  const to = backend.typedArrayFromHeap(rotated).fill(0);
  let at = 0;
  for (let h = height - 1; h >= 0; h--) {
    for (let w = width - 1; w >= 0; w--) {
      for (let i = 0; i < inputs; i++) {
        for (let o = 0; o < outputs; o++, at++) {
          for (let column = 0; column < columns; column++) {
            to[(((h * wide + w + column) * outputs + o) * columns + column) * inputs + i] = from[at];
          }
        }
      }
    }
  }
  return rotated;
}

import {backend_util, type MaxPoolGradAttrs, type MaxPoolGradInputs} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';

/**
 * The gradient of max pooling: each dy goes to the first maximum of its window, as on the CPU backend, or to
 * the `last`. (The kernel that stood before takes the last one, and where no input is positive none.)
 */
export const maxPoolGrad =
  (last = false): Kernel<MaxPoolGradInputs, MaxPoolGradAttrs> =>
  ({inputs: {dy, input, output}, attrs, backend}) => {
    const {filterSize, strides, pad, dimRoundingMode} = attrs;
    const shape = input.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const {batchSize, inChannels, inHeight, inWidth, outHeight, outWidth, padInfo} = info;
    const {filterHeight, filterWidth, strideHeight, strideWidth} = info;
    const dx = backend.makeOutput(shape, 'float32');
    const from = backend.typedArrayFromHeap(dy);
    const x = backend.typedArrayFromHeap(input);
    const y = backend.typedArrayFromHeap(output);
    const to = backend.typedArrayFromHeap(dx).fill(0);
    const rowStep = (last ? -1 : 1) * inWidth * inChannels;
    const columnStep = (last ? -1 : 1) * inChannels;
    let at = 0;
    for (let b = 0; b < batchSize; b++) {
      for (let r = 0; r < outHeight; r++) {
        const top = Math.max(0, r * strideHeight - padInfo.top);
        const bottom = Math.min(inHeight, r * strideHeight - padInfo.top + filterHeight);
        for (let c = 0; c < outWidth; c++) {
          const left = Math.max(0, c * strideWidth - padInfo.left);
          const right = Math.min(inWidth, c * strideWidth - padInfo.left + filterWidth);
          const [row, column] = last ? [bottom - 1, right - 1] : [top, left];
          let start = ((b * inHeight + row) * inWidth + column) * inChannels;
          for (let channel = 0; channel < inChannels; channel++, at++, start++) {
            search: for (let rows = top, first = start; rows < bottom; rows++, first += rowStep) {
              for (let columns = left, i = first; columns < right; columns++, i += columnStep) {
                if (x[i] === y[at]) {
                  to[i] += from[at];
                  break search;
                }
              }
            }
          }
        }
      }
    }
    return dx;
  };

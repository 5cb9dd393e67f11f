import {backend_util, type MaxPoolGradAttrs, type MaxPoolGradInputs} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';

/**
 * The gradient of max pooling: each dy goes to the first maximum of its window, as on the CPU backend. (The
 * kernel that stood before takes the last one, and where no input is positive none.)
 */
export const maxPoolGrad =
  (): Kernel<MaxPoolGradInputs, MaxPoolGradAttrs> =>
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
    let at = 0;
    for (let b = 0; b < batchSize; b++) {
      for (let r = 0; r < outHeight; r++) {
        const top = r * strideHeight - padInfo.top;
        const rowStart = b * inHeight + Math.max(0, top);
        const rowEnd = b * inHeight + Math.min(inHeight, top + filterHeight);
        for (let c = 0; c < outWidth; c++) {
          const left = c * strideWidth - padInfo.left;
          const start = Math.max(0, left) * inChannels;
          const end = Math.min(inWidth, left + filterWidth) * inChannels;
          for (let channel = 0; channel < inChannels; channel++, at++) {
            search: for (let row = rowStart; row < rowEnd; row++) {
              const first = row * inWidth * inChannels + channel;
              for (let i = first + start; i < first + end; i += inChannels) {
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

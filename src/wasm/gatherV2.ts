import {
  backend_util,
  type GatherV2Attrs,
  type GatherV2Inputs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';

type Gather = Kernel<GatherV2Inputs, GatherV2Attrs>;

/**
 * Picks slices by their indices and copies each as a whole; `fit` takes every batch this way. (The kernel
 * that stood before looks for the place of each number by itself and, with batch dimensions, outside of x.)
 * Strings are left to the original, and so are indices out of range, which it reports.
 */
export const gatherV2 =
  (original: Gather): Gather =>
  (args) => {
    const {
      inputs: {x, indices},
      attrs: {axis, batchDims = 0},
      backend,
    } = args;
    const [$axis] = util.parseAxisParam(axis, x.shape);
    const outOfRange = (index: number) => index < 0 || index >= x.shape[$axis];
    if (
      x.dtype === 'string' ||
      indices.dtype !== 'int32' ||
      backend.typedArrayFromHeap(indices).some(outOfRange)
    ) {
      return original(args);
    }
    const {batchSize, outerSize, dimSize, sliceSize, outputShape} =
      backend_util.segment_util.collectGatherOpShapeInfo(x, indices, $axis, batchDims);
    const out = backend.makeOutput(outputShape, x.dtype);
    const address = (info: TensorInfo) => backend.dataIdMap.get(info.dataId).memoryOffset;
    const {HEAPU8} = backend.wasm;
    const picked = backend.typedArrayFromHeap(indices);
    const each = picked.length / batchSize;
    const bytes = sliceSize * util.bytesPerElement(x.dtype);
    const from = address(x);
    let to = address(out);
    for (let row = 0; row < batchSize * outerSize; row++) {
      const first = Math.floor(row / outerSize) * each;
      for (let i = first; i < first + each; i++, to += bytes) {
        const start = from + (row * dimSize + picked[i]) * bytes;
        HEAPU8.copyWithin(to, start, start + bytes);
      }
    }
    return out;
  };

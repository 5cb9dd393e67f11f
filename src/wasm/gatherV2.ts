import {backend_util, type GatherV2Attrs, type GatherV2Inputs, util} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';
import {address} from './sideModule';

type Gather = Kernel<GatherV2Inputs, GatherV2Attrs>;

/**
 * Gathers slices by index, as `fit` does to make a batch, and copies each slice as a whole. The stock kernel computes the
 * position of each number and, with batch dimensions, reads outside x. Falls back to the stock kernel for strings, and for
 * indices out of range, which it reports.
 */
export const gatherV2 =
  (stock: Gather): Gather =>
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
      return stock(args);
    }
    const {batchSize, outerSize, dimSize, sliceSize, outputShape} =
      backend_util.segment_util.collectGatherOpShapeInfo(x, indices, $axis, batchDims);
    const out = backend.makeOutput(outputShape, x.dtype);

    const {HEAPU8} = backend.wasm;
    const picked = backend.typedArrayFromHeap(indices);
    const each = picked.length / batchSize;
    const bytes = sliceSize * util.bytesPerElement(x.dtype);
    const from = address(backend, x);
    let to = address(backend, out);
    for (let row = 0; row < batchSize * outerSize; row++) {
      const first = Math.floor(row / outerSize) * each;
      for (let i = first; i < first + each; i++, to += bytes) {
        const start = from + (row * dimSize + picked[i]) * bytes;
        HEAPU8.copyWithin(to, start, start + bytes);
      }
    }
    return out;
  };

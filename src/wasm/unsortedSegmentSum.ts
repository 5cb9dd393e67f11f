import type {UnsortedSegmentSumAttrs, UnsortedSegmentSumInputs} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';

/**
 * Adds each slice of x to the slice of the output that its id names; the gradient of `gather`, and with it of
 * embeddings. Slices whose id names none are left out, as on the CPU backend.
 *
 * `sum[n, …] = Σ x[i, …]` over the i with `segmentIds[i] = n`.
 */
export const unsortedSegmentSum =
  (): Kernel<UnsortedSegmentSumInputs, UnsortedSegmentSumAttrs> =>
  ({inputs: {x, segmentIds}, attrs: {numSegments}, backend}) => {
    const [count, ...shape] = x.shape;
    const sum = backend.makeOutput([numSegments, ...shape], 'float32');
    const from = backend.typedArrayFromHeap(x);
    const ids = backend.typedArrayFromHeap(segmentIds);
    const to = backend.typedArrayFromHeap(sum).fill(0);
    const size = from.length / count;
    for (let i = 0; i < count; i++) {
      if (ids[i] < 0 || ids[i] >= numSegments) continue;
      const start = i * size;
      const target = ids[i] * size;
      for (let k = 0; k < size; k++) to[target + k] += from[start + k];
    }
    return sum;
  };

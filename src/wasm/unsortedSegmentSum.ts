import type {UnsortedSegmentSumAttrs, UnsortedSegmentSumInputs} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';

/**
 * Adds each slice of x to the output slice given by its id; the gradient of `gather`, and so of embeddings. Skips slices
 * with an id out of range, as the CPU backend does.
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

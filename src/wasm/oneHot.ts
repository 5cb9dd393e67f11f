import type {OneHotAttrs, OneHotInputs} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';

/**
 * One-hot rows: `onValue` at the index of the row and `offValue` elsewhere; indices out of range get `offValue` only. The
 * stock kernel writes four-byte integers for every type.
 */
export const oneHot =
  (): Kernel<OneHotInputs, OneHotAttrs> =>
  ({inputs: {indices}, attrs: {depth, onValue, offValue, dtype}, backend}) => {
    const out = backend.makeOutput([...indices.shape, depth], dtype);
    const from = backend.typedArrayFromHeap(indices);
    const to = backend.typedArrayFromHeap(out).fill(offValue);
    for (let i = 0; i < from.length; i++) {
      if (from[i] >= 0 && from[i] < depth) to[i * depth + from[i]] = onValue;
    }
    return out;
  };

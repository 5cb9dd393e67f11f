import type {OneHotAttrs, OneHotInputs} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';

/**
 * Rows that are `onValue` at their index, or nowhere where it is out of range, else `offValue`. (The kernel that stood before writes four-byte integers, whatever the type.)
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

import type {DataId, Tensor} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';

type Mask = Pick<Tensor, 'dataId' | 'data' | 'dataSync'>;

/** Masks on the host, by their data id, which changes with each assignment. They are never written into. */
const known = new WeakMap<DataId, Uint8Array>();

/** Remembers what a mask is, so that nothing has to wait for the device to tell it. */
export function remember({dataId}: Mask, bits: Uint8Array): void {
  known.set(dataId, bits);
}

/** Knows a mask of ones, and what is written into it later; what a file is loaded into is not on the device yet. */
export function know(mask: LayerVariable): void {
  const ones = mask.read();
  remember(ones, new Uint8Array(ones.size).fill(1));
  const write = mask.write.bind(mask);
  mask.write = (value) => {
    if (value.dtype !== 'bool') {
      throw new Error(
        `setWeights: ${mask.name} is a mask, of dtype bool, got ${value.dtype}; averageWeights() and softUpdate() ` +
          'average models without their masks',
      );
    }
    write(value);
    // Nobody waits for it. What cannot be read now is read when it is needed.
    bitsOf(mask.read()).catch(() => {});
    return mask;
  };
}

/** A mask on the host; the device is read only if it is not cached. */
export async function bitsOf(mask: Mask): Promise<Uint8Array> {
  const {dataId} = mask;
  const bits = known.get(dataId) ?? ((await mask.data()) as Uint8Array);
  known.set(dataId, bits);
  return bits;
}

/** The same at once, at the cost of a stall where nobody knows it, as of a mask that its owner assigned. */
export function bitsNow(mask: Mask): Uint8Array {
  const bits = known.get(mask.dataId) ?? (mask.dataSync() as Uint8Array);
  known.set(mask.dataId, bits);
  return bits;
}

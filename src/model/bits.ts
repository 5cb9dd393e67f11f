import type {DataId, Tensor} from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';

type Mask = Pick<Tensor, 'dataId' | 'data' | 'dataSync'>;

/** Masks on the host, by their data id, which changes with each assignment. They are never written into. */
const known = new WeakMap<DataId, Uint8Array>();

/** Whether a mask's bits are cached, and all 1. */
export function isKnownFull({dataId}: Mask): boolean {
  return known.get(dataId)?.every((bit) => bit === 1) ?? false;
}

/** Caches a mask's bits, so that nothing has to read them from the device. */
export function cacheBits({dataId}: Mask, bits: Uint8Array): void {
  known.set(dataId, bits);
}

/** Tracks a new mask, initially all ones, and every later write, so that its bits can be read without the device. */
export function trackMask(mask: LayerVariable): void {
  const ones = mask.read();
  cacheBits(ones, new Uint8Array(ones.size).fill(1));
  const write = mask.write.bind(mask);
  mask.write = (value) => {
    if (value.dtype !== 'bool') {
      throw new Error(
        `setWeights: ${mask.name} is a mask, of dtype bool, got ${value.dtype}; averageWeights() and softUpdate() ` +
          'average models without their masks',
      );
    }
    write(value);
    // Not awaited: values that cannot be read now are read when they are needed.
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

/** The same synchronously. A mask that is not cached, as one that its owner assigned, is read from the device. */
export function bitsSync(mask: Mask): Uint8Array {
  const bits = known.get(mask.dataId) ?? (mask.dataSync() as Uint8Array);
  known.set(mask.dataId, bits);
  return bits;
}

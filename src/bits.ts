import type {DataId, Tensor} from '@tensorflow/tfjs-core';

type Mask = Pick<Tensor, 'dataId' | 'data' | 'dataSync'>;

/** Masks off the device, by their data, of which each assignment brings new. Nobody writes into them. */
const known = new WeakMap<DataId, Uint8Array>();

/** Remembers what a mask is, so that nothing has to wait for the device to tell it. */
export function remember({dataId}: Mask, bits: Uint8Array): void {
  known.set(dataId, bits);
}

/** A mask off the device, read only if nobody knows it. */
export async function bitsOf(mask: Mask): Promise<Uint8Array> {
  const {dataId} = mask;
  const bits = known.get(dataId) ?? ((await mask.data()) as Uint8Array);
  known.set(dataId, bits);
  return bits;
}

/** The same at once, at the cost of a stall where nobody knows it: in a model that was loaded and used, once. */
export function bitsNow(mask: Mask): Uint8Array {
  const bits = known.get(mask.dataId) ?? (mask.dataSync() as Uint8Array);
  known.set(mask.dataId, bits);
  return bits;
}

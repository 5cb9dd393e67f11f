import type {LayersModel} from '@tensorflow/tfjs-layers';
import {encode, prunableWeights} from 'tfjs-pruning';
import type {Sizes} from '../protocol';

/** The number of elements and of kept elements, and the multiplications of both. */
export async function countsOf(
  model: LayersModel,
): Promise<{size: number; kept: number; macs: number; keptMacs: number}> {
  const total = {size: 0, kept: 0, macs: 0, keptMacs: 0};
  for (const {value, mask, uses} of prunableWeights(model)) {
    // Not with `report`, whose synchronous reads are slow on a graphics device.
    const kept = ((await mask.data()) as Uint8Array).reduce((sum, bit) => sum + bit, 0);
    total.size += value.size;
    total.kept += kept;
    total.macs += value.size * uses;
    total.keptMacs += kept * uses;
  }
  return total;
}

/** The sizes of a pruned network, and of the same dense. */
export async function sizesOf(model: LayersModel): Promise<{dense: Sizes; pruned: Sizes}> {
  const {size, kept, macs, keptMacs} = await countsOf(model);
  const parameters = model.trainableWeights.reduce((sum, {shape}) => sum + product(shape), 0);
  return {
    dense: {parameters, macs, bytes: parameters * Float32Array.BYTES_PER_ELEMENT},
    pruned: {parameters: parameters - size + kept, macs: keptMacs, bytes: await bytesOf(model)},
  };
}

/** The bytes of a network as a sparse file. */
export async function bytesOf(model: LayersModel): Promise<number> {
  return (await encode(model)).length;
}

function product(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((size, dim) => size * (dim ?? 1), 1);
}

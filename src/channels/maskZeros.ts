import type {LayersModel} from '@tensorflow/tfjs-layers';
import {bitsOf} from '../model/bits';
import {resetSlots, setMask} from '../model/mask';
import {type Masked, prunableWeights} from '../model/weight';
import {dependentMasks} from './dependents';

/**
 * Masks the elements of all prunable weights that are 0 already. Where that leaves nothing of a channel, masks its
 * bias and its parameters of the batch norm after it too, if they are 0. No output changes.
 */
export async function maskZeros(who: string, model: LayersModel): Promise<void> {
  const decisions = await Promise.all(
    prunableWeights(model, who).map(async (weight) => ({weight, bits: await nonzeros(weight)})),
  );
  const changes = await Promise.all(
    (await dependentMasks(model, decisions)).map(async ({bits, ...masked}) => {
      const nonzero = await nonzeros(masked);
      return {...masked, bits: bits.map((bit, i) => bit | nonzero[i])};
    }),
  );
  const all = [...decisions.map(({weight, bits}) => ({...weight, bits})), ...changes];
  for (const {bits, ...masked} of all) {
    setMask(masked, bits);
  }
  resetSlots(model, all);
}

/** Marks the elements that a mask keeps and that are not 0. */
async function nonzeros({value, mask}: Masked): Promise<Uint8Array> {
  const [values, bits] = await Promise.all([value.data(), bitsOf(mask)]);
  const marked = new Uint8Array(bits.length);
  for (let i = 0; i < marked.length; i++) {
    marked[i] = bits[i] !== 0 && values[i] !== 0 ? 1 : 0;
  }
  return marked;
}

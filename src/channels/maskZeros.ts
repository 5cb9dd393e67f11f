import type {LayersModel} from '@tensorflow/tfjs-layers';
import {bitsOf} from '../model/bits';
import {resetSlots, setMask} from '../model/mask';
import {readPrunable} from '../model/network';
import type {Masked} from '../model/weight';
import {dependentMasks} from './dependents';

/**
 * Masks the elements of all prunable weights that are 0 already. Where that masks a whole channel, also masks its bias
 * and its parameters of the batch norm that follows, if these are 0. No output changes.
 */
export async function maskZeros(who: string, model: LayersModel): Promise<void> {
  const network = readPrunable(who, model);
  const decisions = await Promise.all(
    network.weights.map(async (weight) => ({weight, bits: await nonzeros(weight)})),
  );
  const changes = await Promise.all(
    (await dependentMasks(network, decisions)).map(async ({bits, ...masked}) => {
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

/** Marks the unmasked elements other than 0. */
async function nonzeros({value, mask}: Masked): Promise<Uint8Array> {
  const [values, bits] = await Promise.all([value.data(), bitsOf(mask)]);
  const marked = new Uint8Array(bits.length);
  for (let i = 0; i < marked.length; i++) {
    marked[i] = bits[i] !== 0 && values[i] !== 0 ? 1 : 0;
  }
  return marked;
}

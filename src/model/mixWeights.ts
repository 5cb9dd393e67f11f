import {add, mul, type Tensor, tidy, type Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {describe} from '../util/describe';
import {bitsOf} from './bits';
import {resetSlots, setMask} from './mask';
import {masked} from './masked';
import {type Network, readNetwork} from './network';
import {queued} from './queue';
import {type Masked, maskedOf, withoutMasks} from './weight';

/** How the masks of several models become one. */
export type MaskMerge = 'keep' | 'union' | 'intersection';

/** A weight, with its mask if it has one. */
type Value = Pick<Masked, 'value'> & Partial<Masked>;

/** Sets a model's weights to Σ share · weight over other models. @throws unless they match in order and shape. */
export async function mixWeights(
  target: Network,
  models: readonly LayersModel[],
  shares: readonly number[],
  masks: MaskMerge = 'keep',
): Promise<void> {
  if (!Object.hasOwn(merges, masks)) {
    throw target.refuse(`masks must be ${Object.keys(merges).join(', ')}, got ${describe(masks)}`);
  }
  const values = valuesOf(target);
  const sources = models.map((model) => matching(target, values, model));
  await queued(target.model, async () => {
    const changes = await merges[masks](values, sources);
    for (const {bits, ...weight} of changes) setMask(weight, bits);
    for (const [i, {value, mask}] of values.entries()) {
      if (value.dtype !== 'float32') continue;
      tidy(() => {
        const terms = sources.flatMap((source, k) =>
          shares[k] > 0 ? [mul(maskedValue(source[i]), shares[k])] : [],
        );
        const mean = terms.reduce((sum, term) => add(sum, term));
        value.assign(mask ? masked(mean, mask) : mean);
      });
    }
    resetSlots(target.model, changes);
  });
}

type Merge = (values: Value[], sources: Value[][]) => Promise<(Masked & {bits: Uint8Array})[]>;

const merges: Record<MaskMerge, Merge> = {
  keep: async () => [],
  union: (...models) => merged(...models, (a, b) => a | b),
  intersection: (...models) => merged(...models, (a, b) => a & b),
};

/** The masks that change. */
async function merged(
  values: Value[],
  sources: Value[][],
  combine: (a: number, b: number) => number,
): ReturnType<Merge> {
  const found = await Promise.all(
    values.map(async ({value, mask}, i) => {
      if (mask === undefined) return [];
      const [before, ...kept] = await Promise.all([
        bitsOf(mask),
        ...sources.map((source) => keptIn(source[i])),
      ]);
      const bits = Uint8Array.from(kept[0]);
      for (const other of kept.slice(1)) {
        for (let at = 0; at < bits.length; at++) bits[at] = combine(bits[at], other[at]);
      }
      return bits.some((bit, at) => bit !== before[at]) ? [{value, mask, bits}] : [];
    }),
  );
  return found.flat();
}

/** Marks the elements that a model keeps. */
async function keptIn({value, mask}: Value): Promise<Uint8Array> {
  if (mask !== undefined) return bitsOf(mask);
  const values = await value.data();
  const kept = new Uint8Array(values.length);
  for (let i = 0; i < kept.length; i++) kept[i] = values[i] === 0 ? 0 : 1;
  return kept;
}

function maskedValue({value, mask}: Value): Tensor {
  return mask ? masked(value, mask) : value;
}

/** A model's weights, including those of inner layers, without masks; each once. */
function valuesOf({leaves}: Network): (Value & {path: string})[] {
  const found = new Map<string, Value & {path: string}>();
  for (const {layer, path} of leaves) {
    const masks = maskedOf(layer);
    for (const variable of withoutMasks(layer, masks)) {
      const value = variable.read() as Variable;
      found.set(value.name, {value, mask: masks.find((one) => one.value.name === value.name)?.mask, path});
    }
  }
  return [...found.values()];
}

/** A model's weights, which must match those of the target in order and shape. */
function matching(target: Network, values: (Value & {path: string})[], model: LayersModel): Value[] {
  const found = valuesOf(readNetwork(target.who, model));
  for (let i = 0; i < Math.max(values.length, found.length); i++) {
    const [wanted, given] = [values[i], found[i]].map((one) => one && `${one.path} [${one.value.shape}]`);
    if (values[i]?.value.shape.join() !== found[i]?.value.shape.join()) {
      throw target.refuse(
        `the models must have the weights of the target, but model "${model.name}" has ` +
          `${given ?? 'none'} where the target has ${wanted ?? 'none'}`,
      );
    }
  }
  return found;
}

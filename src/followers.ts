import type {LayersModel} from '@tensorflow/tfjs-layers';
import {bitsOf} from './bits';
import {makes, variableOf} from './parts';
import {channel} from './pattern/channel';
import {alive} from './select';
import {each} from './surgery/flow/fields';
import type {Read, Slice} from './surgery/flow/flow';
import {readAll} from './surgery/readAll';
import type {Site} from './surgery/site';
import {walk} from './surgery/walk';
import {leaves} from './tree';
import {type Masked, maskedOf, type Weight, weightsOf} from './weight';

type Change = Masked & {bits: Uint8Array};

/**
 * New masks for what goes with the channels of pruned layers, whatever the pattern was: the biases of channels with
 * nothing left, and what has an element a channel in layers that are given nothing else there, as the batch norm after
 * a convolution, so that such a channel is 0 and stays so.
 */
export async function followers(
  model: LayersModel,
  pruned: readonly {weight: Weight; bits: Uint8Array}[],
): Promise<Change[]> {
  const bits = await masksOf(model);
  for (const {weight, bits: next} of pruned) {
    bits.set(weight.value.name, next);
  }
  const targets = new Map(
    leaves(model).flatMap(({layer}) => maskedOf(layer).map((one) => [one.value.name, one])),
  );
  const weights = new Set(leaves(model).flatMap(({layer}) => weightsOf(layer).map(({value}) => value.name)));
  const changed = new Set<string>();
  const follow = ({owner, field}: Slice, goes: (place: number) => boolean) => {
    const name = variableOf(owner, field) ?? '';
    if (targets.has(name) && !weights.has(name)) {
      bits.set(
        name,
        (bits.get(name) as Uint8Array).map((bit, place) => bit & +!goes(place)),
      );
      changed.add(name);
    }
  };

  for (const site of walk('prune', model).sites) {
    for (const {owner, left} of leftIn(site, bits)) {
      for (const slice of slicesOf(site).filter((one) => one.owner === owner && one.role !== 'takes')) {
        follow(slice, (place) => left[place % left.length] === 0);
      }
    }
  }

  const stored = await readAll(model);
  const read: Read = (owner, field) => {
    const mask = bits.get(variableOf(owner, field) ?? '');
    return mask === undefined
      ? stored(owner, field)
      : stored(owner, field)?.map((value, i) => (mask[i] ? value : 0));
  };
  const {channels, sites} = walk('prune', model, read);
  const names = new Set(pruned.map(({weight}) => weight.value.name));
  const gone = new Set<number>();
  for (const site of sites) {
    for (const {left, ids} of leftIn(site, bits, names)) {
      left.forEach((bit, unit) => {
        if (bit === 0) gone.add(channels.find(ids[unit]));
      });
    }
  }
  for (const {visits, ...site} of sites) {
    for (const slice of slicesOf({visits, ...site}).filter(({role}) => role === 'carries')) {
      // Each input may have more than one output of its own.
      const isConstant = (place: number) =>
        visits.every(
          ({inputs: [{values}]}) =>
            !Number.isNaN(values[Math.floor((place * values.length) / slice.ids.length)]),
        );
      follow(slice, (place) => gone.has(channels.find(slice.ids[place])) && isConstant(place));
    }
  }
  return [...changed].map((name) => ({...(targets.get(name) as Masked), bits: bits.get(name) as Uint8Array}));
}

async function masksOf(model: LayersModel): Promise<Map<string, Uint8Array>> {
  const all = leaves(model).flatMap(({layer}) => maskedOf(layer));
  const bits = await Promise.all(all.map(({mask}) => bitsOf(mask)));
  return new Map(all.map(({value}, i) => [value.name, bits[i]]));
}

function slicesOf({visits: [{passage}]}: Site): readonly Slice[] {
  return typeof passage === 'string' ? [] : passage.slices;
}

/** Marks the units of a layer, and of those that it holds, that its weights leave anything of. */
function leftIn(site: Site, bits: Map<string, Uint8Array>, among?: Set<string>) {
  const owners = new Map<object, {left: Uint8Array; ids: Int32Array}>();
  for (const weight of weightsOf(site.layer)) {
    const slice = slicesOf(site).find((one) => makes(one, weight));
    if (slice !== undefined && (among?.has(weight.value.name) ?? true)) {
      const left = alive(bits.get(weight.value.name) as Uint8Array, channel()(weight));
      const ids = each(slice.ids, Math.max(1, left.length / slice.ids.length));
      const before = owners.get(slice.owner)?.left;
      owners.set(slice.owner, {left: left.map((bit, unit) => bit | (before?.[unit] ?? 0)), ids});
    }
  }
  return [...owners].map(([owner, rest]) => ({owner, ...rest}));
}

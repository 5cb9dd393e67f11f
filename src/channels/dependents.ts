import type {LayersModel} from '@tensorflow/tfjs-layers';
import {channelPlaces, nonzeroAt} from '../model/axes';
import type {Change} from '../model/mask';
import type {Read} from '../model/readAll';
import {masksOf, readAll} from '../model/readAll';
import {leaves} from '../model/tree';
import {type Masked, maskedOf, ones, type Weight, weightsOf} from '../model/weight';
import {walk} from './build';
import type {Site, Walk} from './channelGraph';
import {makes, variableOf} from './consumers';
import {each} from './rules/fields';
import type {Slice} from './rules/rule';

/** Masks some places of what a slice runs over, if that follows; returns whether any was not masked before. */
type Follow = (slice: Slice, goes: (place: number) => boolean) => boolean;

/**
 * Masks for the biases of pruned channels, and for per-channel parameters whose input channel is now constant, as those
 * of the batch norm after a convolution, so that such a channel is 0 and remains so, whatever the pattern was.
 */
export async function dependentMasks(
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
  const follows = (name: string) => targets.has(name) && !weights.has(name);
  const follow: Follow = ({owner, field}, goes) => {
    const name = variableOf(owner, field) ?? '';
    if (!follows(name)) return false;
    const before = bits.get(name) as Uint8Array;
    const after = before.map((bit, place) => bit & +!goes(place));
    bits.set(name, after);
    changed.add(name);
    return ones(after) < ones(before);
  };

  const {sites} = walk('prune', model);
  for (const site of sites) {
    for (const {owner, left} of leftIn(site, bits)) {
      for (const slice of slicesOf(site).filter((one) => one.owner === owner && one.role !== 'takes')) {
        follow(slice, (place) => left[place % left.length] === 0);
      }
    }
  }
  const changes = () =>
    [...changed].map((name) => ({...(targets.get(name) as Masked), bits: bits.get(name) as Uint8Array}));
  const carries = ({owner, field, role}: Slice) =>
    role === 'carries' && follows(variableOf(owner, field) ?? '');
  // Else no weight has to be read.
  if (!sites.some((site) => slicesOf(site).some(carries))) return changes();

  const stored = await readAll(model, bits);
  const read: Read = (owner, field) => {
    const name = variableOf(owner, field) ?? '';
    const values = stored(owner, field);
    // Only what follows has another mask than when it was read.
    return changed.has(name) ? values?.map((value, i) => (bits.get(name)?.[i] ? value : 0)) : values;
  };
  const names = new Set(pruned.map(({weight}) => weight.value.name));
  // What becomes 0 in one layer may let the next follow.
  while (followOn(walk('prune', model, read), bits, names, follow)) {}
  return changes();
}

/** Lets the per-channel parameters follow that can; returns whether others may be able to now. */
function followOn(
  {channels, sites}: Walk,
  bits: Map<string, Uint8Array>,
  names: Set<string>,
  follow: Follow,
): boolean {
  const gone = new Set<number>();
  for (const site of sites) {
    for (const {left, ids} of leftIn(site, bits, names)) {
      left.forEach((bit, unit) => {
        if (bit === 0) gone.add(channels.find(ids[unit]));
      });
    }
  }
  let [changed, waits] = [false, false];
  for (const {visits, ...site} of sites) {
    for (const slice of slicesOf({visits, ...site}).filter(({role}) => role === 'carries')) {
      const goes = (place: number) => {
        if (!gone.has(channels.find(slice.ids[place]))) return false;
        // Each input may have more than one output of its own.
        const values = visits.map(
          ({inputs: [input]}) => input.values[Math.floor((place * input.values.length) / slice.ids.length)],
        );
        if (values.some(Number.isNaN)) return false;
        const isReady = !slice.needsZero || values.every((value) => value === 0);
        waits ||= !isReady;
        return isReady;
      };
      changed = follow(slice, goes) || changed;
    }
  }
  return changed && waits;
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
      const {units, places} = channelPlaces(weight);
      const left = nonzeroAt(bits.get(weight.value.name) as Uint8Array, places, units);
      const ids = each(slice.ids, Math.max(1, left.length / slice.ids.length));
      const before = owners.get(slice.owner)?.left;
      owners.set(slice.owner, {left: left.map((bit, unit) => bit | (before?.[unit] ?? 0)), ids});
    }
  }
  return [...owners].map(([owner, rest]) => ({owner, ...rest}));
}

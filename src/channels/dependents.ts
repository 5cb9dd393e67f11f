import type {LayersModel} from '@tensorflow/tfjs-layers';
import {channelPlaces, nonzeroAt} from '../model/axes';
import type {Change} from '../model/mask';
import type {Read} from '../model/readAll';
import {masksOf, readAll} from '../model/readAll';
import {leaves} from '../model/tree';
import {type Masked, maskedOf, ones, type Weight, weightsOf} from '../model/weight';
import {buildChannelGraph} from './build';
import type {ChannelGraph, LayerNode} from './channelGraph';
import {produces, variableOf} from './consumers';
import {repeatEach} from './rules/fields';
import type {WeightAxis} from './rules/rule';

/** Masks some places of what a slice runs over, if that follows; returns whether any was not masked before. */
type Follow = (slice: WeightAxis, goes: (place: number) => boolean) => boolean;

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

  const {layers} = buildChannelGraph('prune', model);
  for (const node of layers) {
    for (const {owner, left} of leftIn(node, bits)) {
      for (const weightAxis of weightAxesOf(node).filter(
        (one) => one.owner === owner && one.role !== 'consumes',
      )) {
        follow(weightAxis, (place) => left[place % left.length] === 0);
      }
    }
  }
  const changes = () =>
    [...changed].map((name) => ({...(targets.get(name) as Masked), bits: bits.get(name) as Uint8Array}));
  const carries = ({owner, field, role}: WeightAxis) =>
    role === 'perChannel' && follows(variableOf(owner, field) ?? '');
  // Else no weight has to be read.
  if (!layers.some((node) => weightAxesOf(node).some(carries))) return changes();

  const stored = await readAll(model, bits);
  const read: Read = (owner, field) => {
    const name = variableOf(owner, field) ?? '';
    const values = stored(owner, field);
    // Only what follows has another mask than when it was read.
    return changed.has(name) ? values?.map((value, i) => (bits.get(name)?.[i] ? value : 0)) : values;
  };
  const names = new Set(pruned.map(({weight}) => weight.value.name));
  // What becomes 0 in one layer may let the next follow.
  while (followOn(buildChannelGraph('prune', model, read), bits, names, follow)) {}
  return changes();
}

/** Lets the per-channel parameters follow that can; returns whether others may be able to now. */
function followOn(
  {channels, layers}: ChannelGraph,
  bits: Map<string, Uint8Array>,
  names: Set<string>,
  follow: Follow,
): boolean {
  const gone = new Set<number>();
  for (const node of layers) {
    for (const {left, ids} of leftIn(node, bits, names)) {
      left.forEach((bit, unit) => {
        if (bit === 0) gone.add(channels.find(ids[unit]));
      });
    }
  }
  let [changed, waits] = [false, false];
  for (const {calls, ...node} of layers) {
    for (const weightAxis of weightAxesOf({calls, ...node}).filter(({role}) => role === 'perChannel')) {
      const goes = (place: number) => {
        if (!gone.has(channels.find(weightAxis.ids[place]))) return false;
        // Each input may have more than one output of its own.
        const values = calls.map(
          ({inputs: [input]}) =>
            input.values[Math.floor((place * input.values.length) / weightAxis.ids.length)],
        );
        if (values.some(Number.isNaN)) return false;
        const isReady = !weightAxis.needsZero || values.every((value) => value === 0);
        waits ||= !isReady;
        return isReady;
      };
      changed = follow(weightAxis, goes) || changed;
    }
  }
  return changed && waits;
}

function weightAxesOf({calls: [{propagation}]}: LayerNode): readonly WeightAxis[] {
  return propagation.weightAxes;
}

/** Marks the units of a layer, and of those that it holds, that its weights leave anything of. */
function leftIn(node: LayerNode, bits: Map<string, Uint8Array>, among?: Set<string>) {
  const owners = new Map<object, {left: Uint8Array; ids: Int32Array}>();
  for (const weight of weightsOf(node.layer)) {
    const weightAxis = weightAxesOf(node).find((one) => produces(one, weight));
    if (weightAxis !== undefined && (among?.has(weight.value.name) ?? true)) {
      const {units, places} = channelPlaces(weight);
      const left = nonzeroAt(bits.get(weight.value.name) as Uint8Array, places, units);
      const ids = repeatEach(weightAxis.ids, Math.max(1, left.length / weightAxis.ids.length));
      const before = owners.get(weightAxis.owner)?.left;
      owners.set(weightAxis.owner, {left: left.map((bit, unit) => bit | (before?.[unit] ?? 0)), ids});
    }
  }
  return [...owners].map(([owner, rest]) => ({owner, ...rest}));
}

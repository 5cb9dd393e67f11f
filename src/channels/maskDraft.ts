import {channelPlaces, nonzeroAt} from '../model/axes';
import type {Change} from '../model/mask';
import {maskedIn, type Network} from '../model/network';
import type {Read} from '../model/readAll';
import type {Layer} from '../model/tfjs';
import {type Masked, ones, type Weight} from '../model/weight';
import type {LayerNode} from './channelGraph';
import {variableOf} from './consumers';
import {repeatEach} from './rules/fields';
import type {WeightAxis} from './rules/rule';

/** One layer's units. */
interface Units {
  readonly owner: Layer;
  /** Marks the units of which some weight keeps an element. */
  readonly remaining: Uint8Array;
  /** Each unit's channel. */
  readonly ids: Int32Array;
}

/** A model's masks while those of some weights change; the model keeps its own. */
export interface MaskDraft {
  /** The channel-producing units in a layer and its inner layers, by all their weights or by those `among` some. */
  readonly unitsIn: (node: LayerNode, among?: ReadonlySet<string>) => Units[];
  /** Whether an axis's variable has a mask that depends on the weights' masks. */
  readonly isDependent: (axis: WeightAxis) => boolean;
  /** Masks places of an axis whose variable is dependent; returns whether any was not masked before. */
  readonly mask: (axis: WeightAxis, isPruned: (place: number) => boolean) => boolean;
  /** The masks that `mask` was called for. */
  readonly changes: () => Change[];
  /** Values read with the first masks, 0 also where masked since. */
  readonly zeroed: (read: Read) => Read;
}

/** @param given The new masks, by the names of the variables that they are for. */
export function draftMasks(network: Network, given: ReadonlyMap<string, Uint8Array>): MaskDraft {
  const weights = new Map(network.weights.map((weight) => [weight.value.name, weight]));
  const dependents = new Map(
    maskedIn(network)
      .filter(({value}) => !weights.has(value.name))
      .map((one) => [one.value.name, one] as const),
  );
  const bits = new Map(given);
  const changed = new Set<string>();
  const nameOf = ({owner, field}: Pick<WeightAxis, 'owner' | 'field'>) => variableOf(owner, field) ?? '';
  return {
    unitsIn: (node, among) => unitsIn(node, bits, weights, among),
    isDependent: (axis) => dependents.has(nameOf(axis)),
    mask: (axis, isPruned) => {
      const name = nameOf(axis);
      const before = bits.get(name) as Uint8Array;
      const after = before.map((bit, place) => bit & +!isPruned(place));
      bits.set(name, after);
      changed.add(name);
      return ones(after) < ones(before);
    },
    changes: () =>
      [...changed].map((name) => ({
        ...(dependents.get(name) as Masked),
        bits: bits.get(name) as Uint8Array,
      })),
    zeroed: (read) => (owner, field) => {
      const name = nameOf({owner, field});
      const values = read(owner, field);
      return changed.has(name) ? values?.map((value, i) => (bits.get(name)?.[i] ? value : 0)) : values;
    },
  };
}

export function weightAxesOf({calls: [{propagation}]}: LayerNode): readonly WeightAxis[] {
  return propagation.weightAxes;
}

function unitsIn(
  node: LayerNode,
  bits: ReadonlyMap<string, Uint8Array>,
  weights: ReadonlyMap<string, Weight>,
  among?: ReadonlySet<string>,
): Units[] {
  const owners = new Map<Layer, Units>();
  for (const {owner, field, role, ids} of weightAxesOf(node)) {
    const name = variableOf(owner, field) ?? '';
    const weight = weights.get(name);
    if (role === 'consumes' || weight === undefined || among?.has(name) === false) continue;
    const {units, places} = channelPlaces(weight);
    const kept = nonzeroAt(bits.get(name) as Uint8Array, places, units);
    const before = owners.get(owner)?.remaining;
    owners.set(owner, {
      owner,
      remaining: kept.map((bit, unit) => bit | (before?.[unit] ?? 0)),
      ids: repeatEach(ids, Math.max(1, kept.length / ids.length)),
    });
  }
  return [...owners.values()];
}

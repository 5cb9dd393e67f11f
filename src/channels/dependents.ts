import {channelPlaces, nonzeroAt} from '../model/axes';
import type {Change} from '../model/mask';
import {maskedIn, type Network, once} from '../model/network';
import {masksOf, type Read, readAll} from '../model/readAll';
import type {Layer} from '../model/tfjs';
import {type Masked, ones, type Weight} from '../model/weight';
import {buildChannelGraph, fillValues} from './build';
import type {ChannelGraph, LayerNode} from './channelGraph';
import {variableOf} from './consumers';
import {repeatEach} from './rules/fields';
import type {WeightAxis} from './rules/rule';

/** The units of one layer. */
interface Units {
  readonly owner: Layer;
  /** Marks the units of which some weight keeps an element. */
  readonly remaining: Uint8Array;
  /** The channel of each unit. */
  readonly ids: Int32Array;
}

/** The masks of a model while those of some weights change. */
interface Masks {
  /** The units of a layer and of its inner layers that produce channels, by all of their weights or by those `among` some. */
  readonly unitsIn: (node: LayerNode, among?: ReadonlySet<string>) => Units[];
  /** Whether the variable of an axis has a mask that depends on those of the weights. */
  readonly isDependent: (axis: WeightAxis) => boolean;
  /** Masks places of an axis whose variable is dependent; returns whether any was not masked before. */
  readonly mask: (axis: WeightAxis, isPruned: (place: number) => boolean) => boolean;
  /** The masks that `mask` was called for. */
  readonly changes: () => Change[];
  /** Values read with the first masks, 0 also where masked since. */
  readonly zeroed: (read: Read) => Read;
}

/**
 * Masks for the biases of pruned channels, and for per-channel parameters whose input channel is now constant, as those
 * of the batch norm after a convolution, so that such a channel is 0 and remains so, whatever the pattern was.
 */
export async function dependentMasks(
  network: Network,
  pruned: readonly {weight: Weight; bits: Uint8Array}[],
): Promise<Change[]> {
  const given = new Map([
    ...(await masksOf(network)),
    ...pruned.map(({weight, bits}) => [weight.value.name, bits] as const),
  ]);
  const masks = masksWith(network, given);
  const graph = once(network, buildChannelGraph);
  const {layers} = graph;
  for (const node of layers) {
    for (const {owner, remaining} of masks.unitsIn(node)) {
      const axes = weightAxesOf(node).filter((axis) => axis.owner === owner && axis.role !== 'consumes');
      for (const axis of axes.filter(masks.isDependent)) {
        masks.mask(axis, (place) => remaining[place % remaining.length] === 0);
      }
    }
  }

  const names = new Set(pruned.map(({weight}) => weight.value.name));
  const isPruned = layers.some((node) =>
    masks.unitsIn(node, names).some(({remaining}) => remaining.includes(0)),
  );
  // Only per-channel parameters after a pruned channel depend on the values of weights.
  if (isPruned && layers.some((node) => perChannelAxes(node, masks).length > 0)) {
    const read = masks.zeroed(await readAll(network, given));
    // A channel that becomes 0 after one layer may allow the next to be masked.
    do fillValues(graph, read);
    while (maskPerChannel(graph, masks, names));
  }
  return masks.changes();
}

function masksWith(network: Network, given: ReadonlyMap<string, Uint8Array>): Masks {
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

/** Masks the per-channel parameters that can be; returns whether others may be able to after that. */
function maskPerChannel(graph: ChannelGraph, masks: Masks, names: ReadonlySet<string>): boolean {
  const {channels, layers} = graph;
  const pruned = prunedChannels(graph, masks, names);
  let [changed, waits] = [false, false];
  for (const node of layers) {
    for (const axis of perChannelAxes(node, masks)) {
      const isReady = new Uint8Array(axis.ids.length);
      for (const [place, id] of axis.ids.entries()) {
        const values = pruned.has(channels.find(id)) ? inputsAt(node, place, axis.ids.length) : [Number.NaN];
        if (values.some(Number.isNaN)) continue;
        isReady[place] = +(!axis.needsZero || values.every((value) => value === 0));
        waits ||= isReady[place] === 0;
      }
      changed = masks.mask(axis, (place) => isReady[place] === 1) || changed;
    }
  }
  return changed && waits;
}

/** The channels, by root, of which some weights keep nothing. */
function prunedChannels(
  {channels, layers}: ChannelGraph,
  {unitsIn}: Masks,
  names: ReadonlySet<string>,
): Set<number> {
  const pruned = new Set<number>();
  for (const {remaining, ids} of layers.flatMap((node) => unitsIn(node, names))) {
    remaining.forEach((bit, unit) => {
      if (bit === 0) pruned.add(channels.find(ids[unit]));
    });
  }
  return pruned;
}

/** The values of the input channel of a place, in each call of a layer; an input may have more than one output. */
function inputsAt({calls}: LayerNode, place: number, places: number): number[] {
  return calls.map(({inputs: [{values}]}) => values[Math.floor((place * values.length) / places)]);
}

function weightAxesOf({calls: [{propagation}]}: LayerNode): readonly WeightAxis[] {
  return propagation.weightAxes;
}

function perChannelAxes(node: LayerNode, {isDependent}: Masks): WeightAxis[] {
  return weightAxesOf(node).filter((axis) => axis.role === 'perChannel' && isDependent(axis));
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

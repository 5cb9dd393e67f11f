import type {Change} from '../model/mask';
import {type Network, once} from '../model/network';
import {masksOf, readAll} from '../model/readAll';
import type {Weight} from '../model/weight';
import {buildChannelGraph, fillValues} from './build';
import type {ChannelGraph, LayerNode} from './channelGraph';
import {draftMasks, type MaskDraft, weightAxesOf} from './maskDraft';
import type {WeightAxis} from './rules/rule';

/**
 * Masks for the biases of pruned channels, and for per-channel parameters whose input channel is now constant, as in a batch
 * norm after a convolution. Such a channel is and remains 0, whatever the pattern.
 */
export async function dependentMasks(
  network: Network,
  pruned: readonly {weight: Weight; bits: Uint8Array}[],
): Promise<Change[]> {
  const given = new Map([
    ...(await masksOf(network)),
    ...pruned.map(({weight, bits}) => [weight.value.name, bits] as const),
  ]);
  const masks = draftMasks(network, given);
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

/** Masks the per-channel parameters that can be; returns whether others may be able to after that. */
function maskPerChannel(graph: ChannelGraph, masks: MaskDraft, names: ReadonlySet<string>): boolean {
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
  {unitsIn}: MaskDraft,
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

/** The values of a place's input channel, in each layer call; an input may have more than one output. */
function inputsAt({calls}: LayerNode, place: number, places: number): number[] {
  return calls.map(({inputs: [{values}]}) => values[Math.floor((place * values.length) / places)]);
}

function perChannelAxes(node: LayerNode, {isDependent}: MaskDraft): WeightAxis[] {
  return weightAxesOf(node).filter((axis) => axis.role === 'perChannel' && isDependent(axis));
}

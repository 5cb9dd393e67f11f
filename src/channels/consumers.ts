import type {Network} from '../model/network';
import {type Layer, variableIn} from '../model/tfjs';
import type {Weight} from '../model/weight';
import type {Member, Part} from '../select/group';
import type {ChannelGraph} from './channelGraph';
import {repeatEach} from './rules/fields';
import type {WeightAxis} from './rules/rule';

/** The weights that consume some channels, and how many of their elements each channel accounts for. */
export function consumersOf({weights}: Network, {channels, layers}: ChannelGraph, ids: Int32Array): Part[] {
  const unitAt = new Map(Array.from(ids, (id, unit) => [id, unit]));
  const weightAxes = layers.flatMap(({calls: [{propagation}]}) =>
    propagation.weightAxes.filter(({role}) => role === 'consumes'),
  );
  return weights.flatMap((weight) => {
    const weightAxis = weightAxes.find(({owner, field}) => variableOf(owner, field) === weight.value.name);
    const elements = new Float64Array(unitAt.size);
    for (const id of weightAxis?.ids ?? []) {
      const unit = unitAt.get(channels.find(id));
      if (unit !== undefined) {
        elements[unit] += weight.value.size / (weightAxis?.ids.length ?? 1);
      }
    }
    return elements.some((count) => count > 0) ? [{weight, elements}] : [];
  });
}

/** The root channel for each unit in a weight; undefined if the units are no outputs of a layer. */
export function channelsOf(
  {channels, layers}: ChannelGraph,
  {weight, scores}: Pick<Member, 'weight' | 'scores'>,
): Int32Array | undefined {
  const axis = layers
    .flatMap(({calls: [{propagation}]}) => propagation.weightAxes)
    .find((one) => produces(one, weight));
  if (axis === undefined) return undefined;
  // Gates are adjacent; the outputs of a depthwise input share its channel.
  const times = Math.max(1, scores.length / axis.ids.length);
  return repeatEach(axis.ids, times)
    .slice(0, scores.length)
    .map((id) => channels.find(id));
}

/** Whether an axis is the one along which a weight produces channels, or has its elements per channel. */
export function produces({owner, field, role}: WeightAxis, {value}: Pick<Weight, 'value'>): boolean {
  return role !== 'consumes' && variableOf(owner, field) === value.name;
}

/** The name of the variable in a field of a layer. */
export function variableOf(owner: Layer, field: string): string | undefined {
  return variableIn(owner, field)?.name;
}

import type {LayersModel} from '@tensorflow/tfjs-layers';
import {readNetwork} from '../model/network';
import {innerLayers, type Layer, variablesOf} from '../model/tfjs';
import {buildChannelGraph} from './build';
import type {ChannelGraph, LayerNode} from './channelGraph';
import type {WeightAxis} from './rules/rule';

/** Which channels of a model are tied to each other. */
export interface Graph {
  /** The groups, in the order of their first channels. */
  readonly groups: readonly ChannelGroup[];
  /** Each group, with the weights and layers that lose a part with one of its channels. */
  toString(): string;
}

/** Channels with the same members. Removing one of them removes it from all members. */
export interface ChannelGroup {
  /** The number of channels with these members. */
  readonly channels: number;
  /** In the model's order. */
  readonly members: readonly ChannelGroupMember[];
  /** Why they cannot be removed; undefined if they can. */
  readonly pinned?: string;
}

/** A weight that produces or consumes a group's channels, or a layer that passes them on. */
export interface ChannelGroupMember {
  /** A weight, as `conv1/kernel`, or a layer without weights. */
  readonly name: string;
  /** `perChannel` weights have one element per channel, as biases do; `passes` is for layers. */
  readonly does: WeightAxis['role'] | 'passes';
  /** The weight's axis; undefined for a layer. */
  readonly axis?: number;
  /** How many places a channel has along the axis: more than one after a flatten. */
  readonly places: number;
}

/**
 * Lists which channels of a model have to be removed together, with the weights and layers that produce, pass on and
 * consume them. Additions, batch norms and depthwise convolutions tie channels. Masks make no difference.
 *
 * @returns the groups of channels; as text, a line per group with its members.
 * @throws if the model is not a LayersModel, or is not built.
 * @see Fang et al.: DepGraph: Towards Any Structural Pruning, 2023.
 * @example console.log(graph(model).toString())
 */
export function graph(model: LayersModel): Graph {
  const found = buildChannelGraph(readNetwork('graph', model));
  const byChannel = new Map<number, ChannelGroupMember[]>();
  for (const layerNode of found.layers) {
    for (const [id, members] of membersAt(layerNode, found)) {
      byChannel.set(id, [...(byChannel.get(id) ?? []), ...members]);
    }
  }
  const groups = new Map<string, ChannelGroup>();
  for (const [id, members] of [...byChannel].sort(([a], [b]) => a - b)) {
    const pinned = found.channels.pinned(id);
    const key = JSON.stringify([members, pinned]);
    groups.set(key, {channels: (groups.get(key)?.channels ?? 0) + 1, members, pinned});
  }
  const all = [...groups.values()];
  return {groups: all, toString: () => all.map(toText).join('\n')};
}

function membersAt(layerNode: LayerNode, {channels}: ChannelGraph): Map<number, ChannelGroupMember[]> {
  const found = new Map<number, ChannelGroupMember[]>();
  const add = (ids: Int32Array, member: Omit<ChannelGroupMember, 'places'>) => {
    const places = new Map<number, number>();
    for (const id of ids) {
      const root = channels.find(id);
      places.set(root, (places.get(root) ?? 0) + 1);
    }
    for (const [root, count] of places) {
      const before = found.get(root) ?? [];
      // Each call of a shared layer has the same members.
      if (
        !before.some(
          ({name, does, axis}) => `${[name, does, axis]}` === `${[member.name, member.does, member.axis]}`,
        )
      ) {
        found.set(root, [...before, {...member, places: count}]);
      }
    }
  };
  const [{propagation}] = layerNode.calls;
  const {weightAxes} = propagation;
  for (const {owner, field, axis, ids, role} of weightAxes) {
    add(ids, {name: `${nameOf(layerNode.layer, layerNode.path, owner)}/${field}`, does: role, axis});
  }
  // Layers without weights are members too.
  for (const {inputs, outputs} of weightAxes.length === 0 ? layerNode.calls : []) {
    const handedOn = outputs.flatMap(({ids}) => [...ids]);
    const isUnknown = propagation.pinned !== undefined;
    for (const {ids} of isUnknown ? inputs : []) {
      add(
        ids.filter((id) => !handedOn.includes(id)),
        {name: layerNode.path, does: 'consumes'},
      );
    }
    add(Int32Array.from(handedOn), {name: layerNode.path, does: isUnknown ? 'produces' : 'passes'});
  }
  return found;
}

/** An inner layer's name, as in the names of its prunable weights. */
function nameOf(layer: Layer, path: string, owner: Layer): string {
  if (layer === owner) {
    return path;
  }
  const held = innerLayers(layer).filter((inner) => variablesOf(inner).length > 0);
  const inside = held.find(
    (inner) => inner === owner || variablesOf(inner).some((one) => variablesOf(owner).includes(one)),
  );
  return inside === undefined
    ? path
    : nameOf(inside, held.length === 1 ? path : `${path}/${inside.name}`, owner);
}

function toText({channels, members, pinned}: ChannelGroup): string {
  const many = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  const lines = members.map(({name, does, axis, places}) => {
    const along = axis === undefined ? '' : ` along axis ${axis}`;
    const verb = does === 'perChannel' ? 'has' : does;
    return `  ${name} ${verb} ${places === 1 ? 'it' : `${places} of it`}${along}`;
  });
  const stays = pinned === undefined ? '' : `, pinned by ${pinned}`;
  return [`${many(channels, 'channel')}${stays}`, ...lines].join('\n');
}

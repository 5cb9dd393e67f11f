import type {ChannelGraph, LayerNode} from '../../channels/channelGraph';
import {addedBy} from '../../channels/rules/edges';
import type {LinearMap} from '../../channels/rules/linearMap';
import type {Read} from '../../model/readAll';
import {type Constants, constantsOf, missingCarriers} from './carriers';
import {type LayerMap, layerMapsOf, usedBy} from './layerMap';

/** The channels of a model that have to remain for its outputs to stay the same. */
export interface KeptChannels {
  readonly has: (id: number) => boolean;
  /** How many of some channels remain. */
  readonly count: (ids: Int32Array) => number;
  /** These channels, some more, and all that those need. */
  readonly with: (ids: Int32Array) => KeptChannels;
  /** The sums that removed constants added, for each linear map of a layer. */
  readonly folded: (node: LayerNode) => Folded[];
  /** The linear maps of a layer with constant inputs that no bias can replace. */
  readonly carried: (node: LayerNode) => readonly Carried[];
}

/** The sum that a linear map's removed constants added to each output. */
export interface Folded {
  readonly linearMap: LinearMap;
  readonly added: Float64Array;
}

/** A linear map's constant inputs, some of which remain and carry the others. */
export interface Carried {
  readonly linearMap: LinearMap;
  /** The number of constants, and of those that remain. */
  readonly before: number;
  readonly after: number;
  /** The weights, by field, with which the remaining constants add the sum of all; undefined if all remain. */
  readonly weights: (read: Read) => Readonly<Record<string, Float32Array>> | undefined;
}

/**
 * Finds the channels that have to remain: those that are pinned, and those that a remaining channel is computed from,
 * unless they are constant. A constant 0 adds nothing; another constant is added to a bias where that is exact, and elsewhere a
 * few carry the others.
 */
export function solveKept({channels, layers}: ChannelGraph, read: Read): KeptChannels {
  const layerMaps = new Map(layers.map((node) => [node, layerMapsOf(node, read)]));
  // From the outputs back, so that most channels are found in one round.
  const order = [...layerMaps.values()].flat().reverse();
  const mapsOf = (node: LayerNode) => layerMaps.get(node) as LayerMap[];
  const rootOf = (id: number) => channels.find(id);

  const keptWith = (given: Uint8Array): KeptChannels => {
    const marks = withNeeded(order, given, rootOf);
    const has = (id: number) => marks[rootOf(id)] === 1;
    return {
      has,
      count: (ids) => ids.reduce((sum, id) => sum + +has(id), 0),
      with: (ids) => {
        const more = marks.slice();
        for (const id of ids) more[rootOf(id)] = 1;
        return keptWith(more);
      },
      folded: (node) => mapsOf(node).map((layerMap) => foldedIn(layerMap, has)),
      carried: (node) =>
        mapsOf(node).flatMap((layerMap) => {
          const constants = constantsOf(layerMap, has);
          return constants === undefined ? [] : [carriedIn(constants, has)];
        }),
    };
  };

  const pins = new Uint8Array(channels.size);
  for (let id = 0; id < channels.size; id++) {
    pins[rootOf(id)] |= +(channels.pinned(id) !== undefined);
  }
  return keptWith(pins);
}

/** Marks, by root, also the channels that marked ones are computed from, and the carriers that these need, in a copy. */
function withNeeded(
  layerMaps: readonly LayerMap[],
  given: Uint8Array,
  rootOf: (id: number) => number,
): Uint8Array {
  const marks = given.slice();
  const has = (id: number) => marks[rootOf(id)] === 1;
  for (let changed = true; changed; ) {
    changed = false;
    for (const layerMap of layerMaps) {
      const {linearMap, values} = layerMap;
      usedBy(layerMap, has).forEach((use, place) => {
        const id = linearMap.from[place];
        if (use && Number.isNaN(values[place]) && !has(id)) {
          marks[rootOf(id)] = 1;
          changed = true;
        }
      });
    }
    if (!changed) {
      const carriers = missingCarriers(layerMaps, has, rootOf);
      for (const root of carriers) marks[rootOf(root)] = 1;
      changed = carriers.size > 0;
    }
  }
  return marks;
}

function foldedIn({linearMap, edges, values}: LayerMap, has: (id: number) => boolean): Folded {
  const removed = values.map((value, place) =>
    Number.isNaN(value) || has(linearMap.from[place]) ? 0 : value,
  );
  return {linearMap, added: addedBy(edges, removed, linearMap.to.length)};
}

function carriedIn(
  {linearMap, values, places, able, count}: Constants,
  has: (id: number) => boolean,
): Carried {
  const stays = (place: number) => has(linearMap.from[place]);
  const after = places.filter(stays).length;
  const carriers = able.filter(stays).slice(0, count);
  const removed = places.filter((place) => !stays(place));
  const parts = new Float64Array(values.length).fill(Number.NaN);
  for (const place of [...carriers, ...removed]) {
    parts[place] = values[place];
  }
  return {
    linearMap,
    before: places.length,
    after,
    weights: (read) =>
      removed.length === 0 ? undefined : linearMap.carriers?.weights(read, parts, carriers),
  };
}

import type {ChannelGraph, LayerNode} from '../../channels/channelGraph';
import {addedBy, type LinearMap} from '../../channels/rules/rule';
import type {Read} from '../../model/readAll';
import {type Constants, constantsOf, type LayerMap, missingCarriers, usedBy} from './carriers';

/** Which channels of a model have to stay so that it computes what it does. */
export interface KeptChannels {
  readonly has: (id: number) => boolean;
  /** How many of some stay. */
  readonly count: (ids: Int32Array) => number;
  /** Makes some stay, with all that they then need. */
  readonly add: (ids: Int32Array) => void;
  /** What the mixes of a site take from constants that do not stay. */
  readonly folded: (node: LayerNode) => {readonly linearMap: LinearMap; readonly added: Float64Array}[];
  /** The mixes of a site with constants that cannot be added to a bias. */
  readonly carried: (node: LayerNode) => readonly Carried[];
}

/** Constants into a mix, of which those that stay add what those that do not would. */
export interface Carried {
  readonly linearMap: LinearMap;
  /** How many there are, and how many of them stay. */
  readonly before: number;
  readonly after: number;
  /** The weights, by field, with which those that stay carry the others; undefined where all stay. */
  readonly weights: (read: Read) => Readonly<Record<string, Float32Array>> | undefined;
}

/**
 * A channel stays if it is pinned, or if something that stays is made of it and it is no constant: one that is 0 adds
 * nothing, another can be added to a bias where that is exact, and elsewhere a few carry all others.
 */
export function solveKept({channels, layers}: ChannelGraph, read: Read): KeptChannels {
  const layerMaps = new Map(layers.map((node) => [node, layerMapsOf(node, read)]));
  const order = [...layerMaps.values()].flat().reverse();
  const marks = new Uint8Array(channels.size);
  const has = (id: number) => marks[channels.find(id)] === 1;
  const mark = (id: number) => {
    marks[channels.find(id)] = 1;
  };

  const settle = () => {
    for (let changed = true; changed; ) {
      changed = false;
      for (const layerMap of order) {
        const {linearMap, values} = layerMap;
        usedBy(layerMap, has).forEach((use, place) => {
          const id = linearMap.from[place];
          if (use && Number.isNaN(values[place]) && !has(id)) {
            mark(id);
            changed = true;
          }
        });
      }
      if (!changed) {
        const carriers = missingCarriers(order, has, (id) => channels.find(id));
        carriers.forEach(mark);
        changed = carriers.size > 0;
      }
    }
  };
  for (let id = 0; id < channels.size; id++) {
    marks[channels.find(id)] |= +(channels.pinned(id) !== undefined);
  }
  settle();

  return {
    has,
    count: (ids) => ids.reduce((sum, id) => sum + +has(id), 0),
    add: (ids) => {
      ids.forEach(mark);
      settle();
    },
    folded: (node) =>
      (layerMaps.get(node) as LayerMap[]).map(({linearMap, edges, values}) => {
        const gone = values.map((value, place) =>
          Number.isNaN(value) || has(linearMap.from[place]) ? 0 : value,
        );
        return {linearMap, added: addedBy(edges, gone, linearMap.to.length)};
      }),
    carried: (node) =>
      (layerMaps.get(node) as LayerMap[]).flatMap((layerMap) => {
        const constants = constantsOf(layerMap, has);
        return constants === undefined ? [] : [carriedIn(constants, has)];
      }),
  };
}

function carriedIn(
  {linearMap, values, places, able, count}: Constants,
  has: (id: number) => boolean,
): Carried {
  const stays = (place: number) => has(linearMap.from[place]);
  const after = places.filter(stays).length;
  const carriers = able.filter(stays).slice(0, count);
  const gone = places.filter((place) => !stays(place));
  const parts = new Float64Array(values.length).fill(Number.NaN);
  for (const place of [...carriers, ...gone]) {
    parts[place] = values[place];
  }
  return {
    linearMap,
    before: places.length,
    after,
    weights: (read) => (gone.length === 0 ? undefined : linearMap.carriers?.weights(read, parts, carriers)),
  };
}

function layerMapsOf({calls}: LayerNode, read: Read): LayerMap[] {
  const propagations = calls.map(({propagation}) => propagation).filter(({pinned}) => pinned === undefined);
  return (propagations[0]?.linearMaps ?? []).map((linearMap, m) => {
    const values = propagations.map(({linearMaps}) => linearMaps[m].values(read));
    // A bias has to do for all calls.
    const isBias = propagations.every(({linearMaps}) => linearMaps[m].bias !== undefined);
    return {
      linearMap: isBias ? linearMap : {...linearMap, bias: undefined},
      edges: linearMap.edges(read),
      values: values[0].map((value, place) =>
        values.every((others) => others[place] === value) ? value : Number.NaN,
      ),
    };
  });
}

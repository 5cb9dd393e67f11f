import {addedBy, type Links, type Mix, needed, type Read} from './flow/flow';
import type {Site, Walk} from './site';

/** Which channels of a model have to stay so that it computes what it does. */
export interface Kept {
  readonly has: (id: number) => boolean;
  /** How many of some stay. */
  readonly count: (ids: Int32Array) => number;
  /** Makes some stay, with all that they then need. */
  readonly add: (ids: Int32Array) => void;
  /** What the mixes of a site take from constants that do not stay. */
  readonly folded: (site: Site) => {readonly mix: Mix; readonly added: Float64Array}[];
  /** How many constants the mixes of a site take in that cannot be added to its bias. */
  readonly unfolded: (site: Site) => number;
}

/** A mix of a layer, with what holds for all calls. */
interface Joint {
  readonly mix: Mix;
  readonly links: Links;
  /** The value of each place that all calls have, or NaN. */
  readonly values: Float64Array;
}

/**
 * A channel stays if it is pinned, or if something that stays is made of it and it is no constant: one that is 0 adds
 * nothing, and another can be added to a bias where that is exact.
 */
export function keep({channels, sites}: Walk, read: Read): Kept {
  const joints = new Map(sites.map((site) => [site, jointsOf(site, read)]));
  const order = [...joints.values()].flat().reverse();
  const marks = new Uint8Array(channels.size);
  const has = (id: number) => marks[channels.find(id)] === 1;

  const settle = () => {
    for (let changed = true; changed; ) {
      changed = false;
      for (const {mix, links, values} of order) {
        const use = needed(
          links,
          Uint8Array.from(mix.to, (id) => +has(id)),
          mix.from.length,
        );
        mix.from.forEach((id, place) => {
          const isConstant =
            values[place] === 0 || (mix.bias !== undefined && Number.isFinite(values[place]));
          if (use[place] && !isConstant && !has(id)) {
            marks[channels.find(id)] = 1;
            changed = true;
          }
        });
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
      for (const id of ids) {
        marks[channels.find(id)] = 1;
      }
      settle();
    },
    folded: (site) =>
      (joints.get(site) as Joint[]).map(({mix, links, values}) => {
        const gone = values.map((value, place) => (Number.isNaN(value) || has(mix.from[place]) ? 0 : value));
        return {mix, added: addedBy(links, gone, mix.to.length)};
      }),
    unfolded: (site) =>
      (joints.get(site) as Joint[])
        .filter(({mix}) => mix.bias === undefined)
        .reduce((sum, {values}) => sum + values.filter((value) => Math.abs(value) > 0).length, 0),
  };
}

function jointsOf({visits}: Site, read: Read): Joint[] {
  const passages = visits.flatMap(({passage}) => (typeof passage === 'string' ? [] : [passage]));
  return (passages[0]?.mixes ?? []).map((mix, m) => ({
    mix,
    links: mix.links(read),
    values: mix.values.map((value, place) =>
      passages.every(({mixes}) => mixes[m].values[place] === value) ? value : Number.NaN,
    ),
  }));
}

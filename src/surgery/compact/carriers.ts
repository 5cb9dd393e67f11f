import {type Edges, type LinearMap, needed} from '../../channels/rules/rule';

/** A mix of a layer, with what holds for all calls. */
export interface LayerMap {
  readonly linearMap: LinearMap;
  readonly edges: Edges;
  /** The value of each place that all calls have, or NaN. */
  readonly values: Float64Array;
}

/** The constant inputs of a mix that are not 0 and cannot be added to a bias, of which a few carry all. */
export interface Constants {
  readonly linearMap: LinearMap;
  readonly values: Float64Array;
  /** Their places, those of the largest first. */
  readonly places: readonly number[];
  /** Those that are large enough to carry others. */
  readonly able: readonly number[];
  /** How many have to stay. */
  readonly count: number;
}

/** A carrier is at least this part of the largest, as rounding errors grow by what it is divided by. */
const LEAST = 1 / 16;

/** Marks the inputs of a joint that an output which stays is made of. */
export function usedBy({linearMap, edges}: LayerMap, has: (id: number) => boolean): Uint8Array {
  return needed(
    edges,
    Uint8Array.from(linearMap.to, (id) => +has(id)),
    linearMap.from.length,
  );
}

/** The constants that a mix takes in, or undefined if there are none. */
export function constantsOf(layerMap: LayerMap, has: (id: number) => boolean): Constants | undefined {
  const {linearMap, values} = layerMap;
  const isConstant = (value: number) => value !== 0 && !Number.isNaN(value);
  if (linearMap.carriers === undefined || linearMap.bias !== undefined || !values.some(isConstant))
    return undefined;
  const used = usedBy(layerMap, has);
  const sizeOf = (place: number) => Math.abs(values[place]);
  const places = [...values.keys()]
    .filter((place) => used[place] && isConstant(values[place]))
    .sort((a, b) => sizeOf(b) - sizeOf(a));
  if (places.length === 0) return undefined;
  const count = Math.min(linearMap.carriers.count, places.length);
  const able = places.filter((place) => sizeOf(place) >= LEAST * sizeOf(places[count - 1]));
  return {linearMap, values, places, able, count};
}

/**
 * The channels that have to stay as carriers, apart from those that stay anyway. One that serves many layers comes
 * first.
 */
export function missingCarriers(
  layerMaps: readonly LayerMap[],
  has: (id: number) => boolean,
  rootOf: (id: number) => number,
): Set<number> {
  const chosen = new Set<number>();
  const stays = (id: number) => has(id) || chosen.has(rootOf(id));
  let open = layerMaps.flatMap((layerMap) => constantsOf(layerMap, has) ?? []);
  for (;;) {
    open = open.filter(
      ({linearMap, able, count}) => able.filter((place) => stays(linearMap.from[place])).length < count,
    );
    const votes = new Map<number, number>();
    for (const {linearMap, able} of open) {
      for (const root of new Set(able.map((place) => rootOf(linearMap.from[place])))) {
        if (!stays(root)) votes.set(root, (votes.get(root) ?? 0) + 1);
      }
    }
    if (votes.size === 0) return chosen;
    const [[best]] = [...votes].sort(([, a], [, b]) => b - a);
    chosen.add(best);
  }
}

import type {LinearMap} from '../../channels/rules/linearMap';
import {type LayerMap, usedBy} from './layerMap';

/** The constant inputs of a linear map that are not 0 and that no bias can replace. */
export interface Constants {
  readonly linearMap: LinearMap;
  readonly values: Float64Array;
  /** Their places, by falling magnitude. */
  readonly places: readonly number[];
  /** The places of those that are large enough to carry others. */
  readonly able: readonly number[];
  /** How many have to remain. */
  readonly count: number;
}

/** The least magnitude of a carrier as a share of the largest: division by a small one amplifies rounding errors. */
const LEAST_SHARE = 1 / 16;

/** The constants that a linear map depends on and no bias can replace; undefined if there are none. */
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
  const able = places.filter((place) => sizeOf(place) >= LEAST_SHARE * sizeOf(places[count - 1]));
  return {linearMap, values, places, able, count};
}

/** The channels that have to remain as carriers, without those that remain anyway; first those that serve most layers. */
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

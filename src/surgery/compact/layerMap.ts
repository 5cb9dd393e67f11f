import type {LayerNode} from '../../channels/channelGraph';
import {type Edges, needed} from '../../channels/rules/edges';
import type {LinearMap} from '../../channels/rules/linearMap';
import type {Read} from '../../model/readAll';

/** A layer's linear map, for all its calls. */
export interface LayerMap {
  readonly linearMap: LinearMap;
  readonly edges: Edges;
  /** The value of each place if it is the same in all calls and can be replaced, else NaN: such an input remains. */
  readonly values: Float64Array;
}

/** A layer's linear maps. */
export function layerMapsOf({calls}: LayerNode, read: Read): LayerMap[] {
  const propagations = calls.map(({propagation}) => propagation).filter(({pinned}) => pinned === undefined);
  return (propagations[0]?.linearMaps ?? []).map((linearMap, m) => {
    // One bias has to serve all calls.
    const isBias = propagations.every(({linearMaps}) => linearMaps[m].bias !== undefined);
    const isReplaceable = isBias || linearMap.carriers !== undefined;
    const values = propagations.map(({linearMaps}) => linearMaps[m].values(read));
    const isSame = (value: number, place: number) => values.every((others) => others[place] === value);
    return {
      linearMap: isBias ? linearMap : {...linearMap, bias: undefined},
      edges: linearMap.edges(read),
      values: values[0].map((value, place) =>
        isSame(value, place) && (value === 0 || isReplaceable) ? value : Number.NaN,
      ),
    };
  });
}

/** Marks the inputs that a remaining output is computed from. */
export function usedBy({linearMap, edges}: LayerMap, has: (id: number) => boolean): Uint8Array {
  return needed(
    edges,
    Uint8Array.from(linearMap.to, (id) => +has(id)),
    linearMap.from.length,
  );
}

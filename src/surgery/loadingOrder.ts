import {LayersModel} from '@tensorflow/tfjs-layers';
import {classMap} from '../model/tfjs';
import {type LayerJson, mapHeld, type Reference} from './layerJson';

interface Entry {
  readonly calls: readonly Reference[][];
  /** The calls in the order in which tfjs makes them. */
  readonly order: number[];
  /** The number of the first call; 1 for a model, whose call 0 is that of its own inputs, and is not listed. */
  readonly first: number;
}

/**
 * A configuration that lists each layer's calls in the order in which tfjs makes them when it loads the model. tfjs
 * numbers calls as it makes them, and makes each as soon as its inputs exist, so that in another order, references to
 * the calls of a shared layer would lead to other calls.
 */
export function inLoadingOrder(json: LayerJson): LayerJson {
  const inside = mapHeld(json, inLoadingOrder);
  const {layers, output_layers: outputs} = inside.config;
  if (layers === undefined || outputs === undefined) return inside;
  const entries = new Map(layers.map((layer) => [layer.name, entryOf(layer)]));
  order(entries);
  const resolve = ([name, call, ...rest]: Reference): Reference => {
    const {order = [], first = 0} = entries.get(name) ?? {};
    const now = order.indexOf(call - first);
    return [name, now < 0 ? call : now + first, ...rest];
  };
  const ordered = layers.map((layer) => {
    const {calls, order} = entries.get(layer.name) as Entry;
    return {...layer, inbound_nodes: order.map((i) => calls[i].map(resolve))};
  });
  return {...inside, config: {...inside.config, layers: ordered, output_layers: outputs.map(resolve)}};
}

/** Orders the calls as tfjs makes them: round by round, all whose inputs exist. */
function order(entries: ReadonlyMap<string | undefined, Entry>): void {
  const isMade = ([name, call]: Reference) => {
    const entry = entries.get(name);
    return entry && (entry.calls.length === 0 || entry.order.includes(call - entry.first));
  };
  const add = (isReady: (call: Reference[]) => boolean) => {
    let added = false;
    for (const {calls, order} of entries.values()) {
      for (const [i, call] of calls.entries()) {
        if (!order.includes(i) && isReady(call)) added = order.push(i) > 0;
      }
    }
    return added;
  };
  while (add((call) => call.every(isMade)));
  // Calls that are never made have no order; tfjs reports them when it loads the model.
  add(() => true);
}

function entryOf({inbound_nodes: calls = [], origin, class_name: name}: LayerJson): Entry {
  const made = origin ?? classMap()[name]?.[0].prototype;
  const isModel = made instanceof LayersModel || made === LayersModel.prototype;
  return {calls, order: [], first: +isModel};
}

import {LayersModel} from '@tensorflow/tfjs-layers';
import {classMap} from '../model/tfjs';
import {type LayerJson, mapHeld, type Reference} from './layerJson';

/**
 * A configuration in which the calls of each layer are listed in the order in which tfjs makes them when it loads the
 * model. It counts them as it makes them, and goes by the list only as far as inputs are there, so that references to
 * the calls of a shared layer would lead to others.
 */
export function inLoadingOrder(json: LayerJson): LayerJson {
  const inside = mapHeld(json, inLoadingOrder);
  const {layers, output_layers: outputs} = inside.config;
  if (layers === undefined || outputs === undefined) return inside;
  const orders = ordersOf(layers);
  const entries = new Map(layers.map((layer) => [layer.name, layer]));
  const resolve = ([name, call, ...rest]: Reference): Reference => {
    const offset = offsetOf(entries.get(name));
    const now = orders.get(name)?.indexOf(call - offset) ?? -1;
    return [name, now < 0 ? call : now + offset, ...rest];
  };
  const ordered = layers.map((layer) => {
    const calls = layer.inbound_nodes ?? [];
    return {...layer, inbound_nodes: orders.get(layer.name)?.map((i) => calls[i].map(resolve))};
  });
  return {...inside, config: {...inside.config, layers: ordered, output_layers: outputs.map(resolve)}};
}

/** The calls of each layer in the order in which tfjs makes them: round by round, all that have their inputs. */
function ordersOf(layers: readonly LayerJson[]): Map<string | undefined, number[]> {
  const entries = new Map(layers.map((layer) => [layer.name, layer]));
  const made = new Map(layers.map(({name}) => [name, [] as number[]]));
  const isMade = ([name, call]: Reference) => {
    const layer = entries.get(name);
    return layer?.inbound_nodes?.length === 0 || made.get(name)?.includes(call - offsetOf(layer));
  };
  let waiting = layers.map((layer) => ({layer, calls: [...(layer.inbound_nodes ?? []).keys()]}));
  for (let before = -1; ; ) {
    waiting = waiting.map(({layer, calls}) => {
      const left = calls.filter((i) => {
        if (!layer.inbound_nodes?.[i].every(isMade)) return true;
        made.get(layer.name)?.push(i);
        return false;
      });
      return {layer, calls: left};
    });
    const count = waiting.reduce((sum, {calls}) => sum + calls.length, 0);
    if (count === 0 || count === before) break;
    before = count;
  }
  // What is never made has no order; tfjs says so when it loads the model.
  for (const {layer, calls} of waiting) made.get(layer.name)?.push(...calls);
  return made;
}

/** The first call of a model is that of its own inputs, and is not listed. */
function offsetOf(layer: LayerJson | undefined): number {
  if (layer === undefined) return 0;
  const made = layer.origin ?? classMap()[layer.class_name]?.[0].prototype;
  return +((made as unknown) instanceof LayersModel || made === LayersModel.prototype);
}

import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type Layer, modelInternals} from './tfjs';

/** A layer that has no layers inside, and where it stands in its model. */
export interface Leaf {
  layer: Layer;
  /** The names of the layers from the model down, joined by `/`. */
  path: string;
  /** How often one pass through the model calls the layer: more than once where it is shared. */
  calls: number;
}

/** The leaves of a model in the order of its layers, those of nested models included, each once. */
export function leaves(model: LayersModel): Leaf[] {
  const found = new Map<Layer, Leaf>();
  const visit = (container: LayersModel, prefix: string, calls: number) => {
    for (const layer of container.layers) {
      const path = prefix + layer.name;
      const here = calls * callsWithin(container, layer);
      const seen = found.get(layer);
      if (isContainer(layer)) {
        visit(layer, `${path}/`, here);
      } else if (seen !== undefined) {
        seen.calls += here;
      } else {
        found.set(layer, {layer, path, calls: here});
      }
    }
  };
  visit(model, '', 1);
  return [...found.values()];
}

/** A layer that one pass through the model calls once, and whose losses therefore count once. */
export function carrierOf(model: LayersModel): Layer {
  const isCalledOnce = (layer: Layer) => !isContainer(layer) && callsWithin(model, layer) === 1;
  // The losses of a Sequential leave out its input layer, which others list first.
  return model.layers.find(isCalledOnce) ?? modelInternals(model).inputLayers[0];
}

export function isContainer(layer: Layer): layer is LayersModel {
  return 'layers' in layer;
}

function callsWithin(container: LayersModel, layer: Layer): number {
  const {containerNodes} = modelInternals(container);
  const own = layer.inboundNodes.filter((_, i) => containerNodes.has(`${layer.name}_ib-${i}`));
  // A Sequential knows its nodes once it is built; before that each of its layers is called once.
  return Math.max(1, own.length);
}

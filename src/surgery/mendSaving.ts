import {LayersModel} from '@tensorflow/tfjs-layers';
import {modelInternals} from '../model/tfjs';
import {mend} from '../util/mend';
import type {LayerJson} from './layerJson';
import {inLoadingOrder} from './loadingOrder';

interface ModelConfig {
  layers: object[];
  inputLayers: [name: string, call: number, output: number][];
}

/**
 * Fixes the saving of models. tfjs omits inputs that no output depends on, so that the loaded model has fewer inputs, and lists
 * the calls of shared layers in another order than it makes them on loading.
 */
export function mendSaving(): void {
  mend(LayersModel.prototype, 'toJSON', (_, toJSON, unused, asText = true) => {
    const json = inLoadingOrder(toJSON(unused, false) as LayerJson);
    return asText ? JSON.stringify(json) : json;
  });
  mend<LayersModel>(LayersModel.prototype, 'getConfig', (model, getConfig, ...args) => {
    const config = getConfig(...args) as ModelConfig;
    const {inputLayers} = modelInternals(model);
    const written = new Set(config.inputLayers.map(([name]) => name));
    const unused = inputLayers.filter(({name}) => !written.has(name));
    const layers = unused.map((layer) => ({
      name: layer.name,
      className: layer.getClassName(),
      config: layer.getConfig(),
      inboundNodes: [],
    }));
    return {
      ...config,
      layers: [...config.layers, ...layers],
      inputLayers: inputLayers.map(({name}) => [name, 0, 0]),
    };
  });
}

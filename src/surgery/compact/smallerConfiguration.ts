import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {ChannelGraph, LayerNode} from '../../channels/channelGraph';
import {isContainer} from '../../model/tree';
import type {LayerJson} from '../layerJson';
import type {LiveCalls} from './liveCalls';
import {removeCalls} from './removeCalls';
import type {KeptChannels} from './solveKept';

/** A model's configuration without some channels and calls. */
export function smallerConfiguration(
  model: LayersModel,
  json: LayerJson,
  graph: ChannelGraph,
  kept: KeptChannels,
  live: LiveCalls,
): LayerJson {
  const nodeOf = new Map(graph.layers.map((node) => [node.layer, node]));
  const smallerLayer = (entry: LayerJson): LayerJson => {
    const {origin: layer} = entry;
    if (layer === undefined) return entry;
    if (isContainer(layer)) return smallerModel(layer, entry);
    const node = nodeOf.get(layer);
    if (node !== undefined) return patched(entry, patchOf(node, entry, kept));
    // The layers of a model that a wrapper calls at each step are in the graph, and the wrapper is not.
    const {layer: held} = entry.config;
    return held === undefined ? entry : {...entry, config: {...entry.config, layer: smallerLayer(held)}};
  };
  const smallerModel = (container: LayersModel, whole: LayerJson): LayerJson => {
    const layers = whole.config.layers?.map(smallerLayer);
    const smaller = {...whole, config: {...whole.config, layers}};
    return whole.config.output_layers === undefined ? smaller : removeCalls(container, smaller, live);
  };
  return smallerModel(model, json);
}

/** The entries in a layer's configuration that depend on its channels. */
function patchOf(node: LayerNode, {config}: LayerJson, kept: KeptChannels): object {
  const {
    propagation,
    inputs: [{shape, axis, ids}],
  } = node.calls[0];
  const input = shape.map((dim, i) => (i === axis && dim !== null ? kept.count(ids) : dim));
  return [
    propagation.config?.(kept.count) ?? {},
    ...missingBiases(node, kept),
    config.batch_input_shape === undefined
      ? {}
      : {batch_input_shape: [config.batch_input_shape[0], ...input]},
  ].reduce(merged, {});
}

/** The entries that give a layer a bias, where constants are added to a bias that it does not have. */
function missingBiases(node: LayerNode, kept: KeptChannels): object[] {
  return kept
    .folded(node)
    .filter(({added}) => added.some((value) => value !== 0))
    .map(({linearMap}) => linearMap.bias?.missing ?? {});
}

function patched(json: LayerJson, patch: object): LayerJson {
  const own = json.origin?.getConfig() ?? {};
  // Custom layers have field names as in JSON or in TypeScript.
  const nameOf = (field: string) =>
    field in own ? field : field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const named = Object.entries(patch)
    .map(([field, value]) => [nameOf(field), value] as const)
    .filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify((own as Record<string, unknown>)[field]),
    );
  return {...json, config: merged(json.config, patch), patch: Object.fromEntries(named)};
}

function merged(config: object, patch: object): object {
  const isObject = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = Object.entries(patch).map(([key, value]) => {
    const old: unknown = (config as Record<string, unknown>)[key];
    return [key, isObject(old) && isObject(value) ? merged(old, value) : value];
  });
  return {...config, ...Object.fromEntries(entries)};
}

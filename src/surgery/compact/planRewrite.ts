import {tensor, type Variable} from '@tensorflow/tfjs-core';
import type {LayersModel, LayerVariable} from '@tensorflow/tfjs-layers';
import type {ChannelGraph, LayerNode} from '../../channels/channelGraph';
import type {Propagation} from '../../channels/rules/rule';
import type {Read} from '../../model/readAll';
import {type Layer, withHeld} from '../../model/tfjs';
import {isContainer} from '../../model/tree';
import {renameLayers} from '../configuration';
import {copyWeights} from '../copyWeights';
import type {LayerJson} from '../layerJson';
import type {CopyOf} from '../rebuild';
import type {Sources} from '../slots';
import {plainName} from '../strip';
import type {LiveCalls} from './liveCalls';
import {removeCalls} from './removeCalls';
import type {KeptChannels} from './solveKept';

/** How to make a model without some of its channels and calls. */
export interface Rewrite {
  readonly edit: (json: LayerJson) => LayerJson;
  /** Writes the weights of a model that was made from the edited configuration. */
  readonly fill: (copyOf: CopyOf, sources: Sources) => void;
}

export function planRewrite(
  model: LayersModel,
  graph: ChannelGraph,
  kept: KeptChannels,
  live: LiveCalls,
  read: Read,
): Rewrite {
  const nodeOf = new Map(graph.layers.map((node) => [node.layer, node]));

  const editLayer = (json: LayerJson, node: LayerNode): LayerJson => {
    const renamed = renameLayers(json, plainName);
    const {propagation, inputs} = node.calls[0];
    const patches = [propagation.config?.(kept.count), ...missingBiases(node, kept)];
    const patch = patches.reduce((all: object, one) => merged(all, one ?? {}), {});
    const {batch_input_shape: before} = renamed.config;
    const [{shape, axis, ids}] = inputs;
    const now = before && {
      batch_input_shape: [
        before[0],
        ...shape.map((dim, i) => (i === axis && dim !== null ? kept.count(ids) : dim)),
      ],
    };
    return {
      ...renamed,
      config: {...merged(renamed.config, patch), ...now},
      patch: {...patch, ...now},
    };
  };
  const editModel = (container: LayersModel, json: LayerJson): LayerJson => {
    const layers = json.config.layers?.map((entry) => {
      const {origin: layer} = entry;
      const node = layer && nodeOf.get(layer);
      return layer !== undefined && isContainer(layer)
        ? editModel(layer, entry)
        : node === undefined
          ? entry
          : editLayer(entry, node);
    });
    const edited = {...json, config: {...json.config, layers}};
    return json.config.output_layers === undefined ? edited : removeCalls(container, edited, live);
  };

  return {
    edit: (json) => editModel(model, json),
    fill: (copyOf, sources) => {
      for (const node of graph.layers) {
        const target = copyOf(node.layer);
        if (target === undefined) {
          continue;
        }
        const {propagation} = node.calls[0];
        if (propagation.weightAxes.length === 0) {
          copyWeights(node.layer, target, sources);
        } else {
          fillLayer(node, propagation, target, kept, read, sources);
        }
      }
    },
  };
}

/** The entries of the configuration that give a layer a bias, where constants are added to one that it does not have. */
function missingBiases(node: LayerNode, kept: KeptChannels): (object | undefined)[] {
  return kept
    .folded(node)
    .map(({linearMap, added}) => (added.some((value) => value !== 0) ? linearMap.bias?.missing : undefined));
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

type Variables = Record<string, LayerVariable | undefined>;

function fillLayer(
  node: LayerNode,
  {weightAxes}: Propagation,
  target: Layer,
  kept: KeptChannels,
  read: Read,
  sources: Sources,
): void {
  const [owners, targets] = [withHeld(node.layer), withHeld(target)];
  owners.forEach((owner, i) => {
    const [from, to] = [owner, targets[i]] as unknown as [Variables, Variables];
    const added = kept.folded(node).filter(({linearMap}) => linearMap.bias?.owner === owner);
    const carried = kept.carried(node).filter(({linearMap}) => linearMap.carriers?.owner === owner);
    const weights = Object.assign({}, ...carried.map((one) => one.weights(read)));
    for (const [field, variable] of Object.entries(to)) {
      if (!isVariable(variable)) {
        continue;
      }
      const axes = weightAxes.filter(
        (weightAxis) => weightAxis.owner === owner && weightAxis.field === field,
      );
      const places = new Map(axes.map(({axis, ids}) => [axis, placesKept(ids, kept)]));
      const source = from[field];
      // A missing bias is 0.
      const [length] = added
        .filter(({linearMap}) => linearMap.bias?.field === field)
        .map(({linearMap}) => linearMap.to);
      const own: Float32Array = weights[field] ?? read(owner, field) ?? new Float32Array(length.length);
      const shape = (source?.shape ?? [own.length]) as number[];
      let values = own;
      for (const {linearMap, added: sums} of added) {
        if (linearMap.bias?.field === field) values = values.map((value, place) => value + sums[place]);
      }
      if (source === undefined || source === null) {
        places.set(0, placesKept(length, kept));
      } else {
        // Also for one that absorbs constants: its gradient, and so its slots, are unchanged.
        sources.set(variable, {variable: source, pick: (slot) => sliced(slot, shape, places)});
      }
      const value = sliced(values, shape, places);
      (variable.read() as Variable).assign(tensor(value, variable.shape as number[]));
      variable.trainable = (source ?? Object.values(from).find(isVariable))?.trainable ?? true;
    }
  });
}

function isVariable(value: unknown): value is LayerVariable {
  return typeof (value as LayerVariable | undefined)?.read === 'function';
}

function placesKept(ids: Int32Array, kept: KeptChannels): number[] {
  return [...ids.keys()].filter((place) => kept.has(ids[place]));
}

/** The elements at some places along some axes, as a copy. */
function sliced(values: Float32Array, shape: readonly number[], places: Map<number, number[]>): Float32Array {
  let [result, inner] = [values, 1];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const kept = places.get(axis);
    if (kept !== undefined && kept.length < shape[axis]) {
      result = slicedAlong(result, shape[axis], inner, kept);
    }
    inner *= kept?.length ?? shape[axis];
  }
  return result === values ? values.slice() : result;
}

/** @param inner How many elements there are at a place of the axes after it. */
function slicedAlong(values: Float32Array, size: number, inner: number, kept: number[]): Float32Array {
  const outer = values.length / (size * inner);
  const result = new Float32Array(outer * kept.length * inner);
  for (let o = 0, to = 0; o < outer; o++) {
    for (let i = 0; i < kept.length; i++, to += inner) {
      const start = (o * size + kept[i]) * inner;
      if (inner === 1) result[to] = values[start];
      else result.set(values.subarray(start, start + inner), to);
    }
  }
  return result;
}

import type {LayersModel} from '@tensorflow/tfjs-layers';
import {assertLayersModel} from './assertLayersModel';
import type {Layer} from './tfjs';
import {type Leaf, leaves} from './tree';
import {isPrunable, type Masked, maskedOf, type Weight} from './weight';

/**
 * A model as one call of the library reads it: once. It holds layers and variables, never values, and is not kept
 * after the call, as layers may get other weights.
 */
export interface Network {
  /** The function that the user called, in whose name errors are. */
  readonly who: string;
  /** The model that was read. */
  readonly model: LayersModel;
  /** The layers that are not models, including those in nested models, each once in the model's order. */
  readonly leaves: readonly Leaf[];
  /** Where each weight with a mask is at work. */
  readonly places: readonly Place[];
  /** The weights with masks, each once. */
  readonly weights: readonly Weight[];
  /** The error that the function that the user called cannot do its work. */
  refuse(reason: string): Error;
}

/** Where a weight is at work. */
export interface Place {
  readonly weight: Weight;
  /** The layer that computes with it, as a recurrent layer's cell. */
  readonly layer: Layer;
  /** Which of the layer's prunable weights it is. */
  readonly index: number;
  /** The leaf that is this layer, or has it inside. */
  readonly holder: Layer;
}

/**
 * Reads a model.
 *
 * @param who The function that the user called.
 * @throws unless it is a LayersModel whose layers have their weights and shapes.
 */
export function readNetwork(who: string, model: LayersModel): Network {
  assertLayersModel(who, model);
  const refuse = (reason: string) => new Error(`${who}: ${reason}`);
  const found = leaves(model);
  if (!(model.inputs?.length > 0) || found.some(({layer}) => !layer.built)) {
    throw refuse(`model "${model.name}" is not built; give its first layer an inputShape`);
  }
  const places = placesIn(found);
  return {who, model, leaves: found, places, weights: places.map(({weight}) => weight), refuse};
}

/** All variables with masks: the weights, and the parameters that are masked with a channel. */
export function maskedIn({leaves}: Network): Masked[] {
  return leaves.flatMap(({layer}) => maskedOf(layer));
}

const results = new WeakMap<Network, Map<unknown, unknown>>();

/** Returns a function's result for a network, computed once for each network. */
export function once<Result>(network: Network, compute: (network: Network) => Result): Result {
  const found = results.get(network) ?? new Map<unknown, unknown>();
  results.set(network, found);
  if (!found.has(compute)) found.set(compute, compute(network));
  return found.get(compute) as Result;
}

/** Reads a model that has masks. @throws as `readNetwork`, and if the model has no prunable layer. */
export function readPrunable(who: string, model: LayersModel): Network {
  const network = readNetwork(who, model);
  if (network.weights.length === 0) {
    throw network.refuse(
      `model "${model.name}" has no prunable layers; convert it with prunable() from tfjs-pruning/layers`,
    );
  }
  return network;
}

/**
 * A model's weights with masks, including those in nested models, each once.
 *
 * @returns the weights in the order of the layers, with their variables `value` and `mask`, not copies.
 * @throws if the model is not a LayersModel, or has no prunable layer.
 * @example for (const {name, value} of prunableWeights(model)) console.log(name, value.shape);
 */
export function prunableWeights(model: LayersModel): Weight[] {
  return [...readPrunable('prunableWeights', model).weights];
}

/** Where the weights of some leaves are at work; one that several layers share is at work in the first. */
function placesIn(all: readonly Leaf[]): Place[] {
  const found = new Map<string, Place>();
  const visit = ({layer, path, calls, inner}: Leaf, holder: Leaf) => {
    if (!isPrunable(layer)) {
      for (const leaf of inner) visit(leaf, holder);
      return;
    }
    for (const [index, weight] of layer.prunableWeights(calls).entries()) {
      const name = path + weight.name.slice(layer.name.length);
      const place = {weight: {...weight, name, layer: holder.path}, layer, index, holder: holder.layer};
      const seen = found.get(weight.value.name);
      const uses = (seen?.weight.uses ?? 0) + weight.uses;
      const {weight: known, ...rest} = seen ?? place;
      found.set(weight.value.name, {...rest, weight: {...known, uses}});
    }
  };
  for (const leaf of all) visit(leaf, leaf);
  return [...found.values()];
}

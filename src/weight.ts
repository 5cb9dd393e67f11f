import type {Variable} from '@tensorflow/tfjs-core';
import type {LayersModel, SymbolicTensor} from '@tensorflow/tfjs-layers';
import {bitsOf} from './bits';
import type {Axes, Call, Layout} from './kinds';
import {assertLayersModel, heldBy, type Layer, variablesOf} from './tfjs';
import {type Leaf, leaves} from './tree';

/** A weight that can be pruned: what a layer shows of itself to the rest of the library. */
export interface Weight {
  /** The layer and the field, `dense_1/kernel`. */
  readonly name: string;
  /** The name of the layer; within a nested model the names from the outside in, `encoder/dense_1`. */
  readonly layer: string;
  /** What the optimizer trains; 0 wherever the mask is 0. */
  readonly value: Variable;
  /** Of the shape of the value and dtype bool: 1 keeps an element, 0 prunes it. */
  readonly mask: Variable;
  /** The axes of the value that run over the layer's outputs and inputs. */
  readonly axes: Axes;
  /** How many slices of the output axis live and die together. */
  readonly gates: number;
  /** How many multiplications an element takes part in for one example. */
  readonly uses: number;
  /** What it makes goes on inside the layer, which puts out something else. */
  readonly hidden?: true;
}

/** A layer with masks. All that the library knows of layers. */
export interface PrunableLayer {
  /**
   * The weights of a built layer, named after the layer alone.
   *
   * @param calls The shapes that the layer is called with; those of its own calls by default.
   */
  prunableWeights(calls?: Call[]): Weight[];
  /** The weights that are never scored, but masked with the channel that an element belongs to. */
  perChannelWeights(): Masked[];
}

/** A variable and its mask, of one shape. */
export type Masked = Pick<Weight, 'value' | 'mask'>;

/** A layer that may compute by the nonzeros of its kernel alone, as `sparsify` makes them. */
export interface SparseLayer {
  sparseWeight(): SparseWeight;
}

export interface SparseWeight {
  readonly shape: number[];
  /** How many elements are not 0. */
  readonly kept: number;
  /** `sparse` or `dense`, and why: for the inputs that the layer had last, or for one example. */
  readonly runs: string;
}

export function isSparse(layer: Layer): layer is Layer & SparseLayer {
  return 'sparseWeight' in layer;
}

export function isPrunable(layer: Layer): layer is Layer & PrunableLayer {
  return 'prunableWeights' in layer;
}

/** The shapes of each call of a layer in its models. */
export function callsOf(layer: Layer): Call[] {
  const shapeOf = ({shape}: SymbolicTensor) => shape.slice(1).map((dim) => dim ?? 1);
  return layer.inboundNodes.map(({inputTensors: [input], outputTensors: [output]}) => ({
    input: shapeOf(input),
    output: shapeOf(output),
  }));
}

/** How many multiplications an element of a weight takes part in for one example, when a layer is called once. */
export function usesIn(calls: Call[], {uses}: Layout, shape: readonly number[]): number {
  const perCall = calls.map((call) => uses(call, shape));
  return perCall.length === 0 ? 1 : perCall.reduce((sum, use) => sum + use, 0) / perCall.length;
}

/** Where a weight is at work. */
export interface Place {
  readonly weight: Weight;
  /** The layer that computes with it, as the cell of a recurrent layer. */
  readonly layer: Layer;
  /** Which of the layer's prunable weights it is. */
  readonly index: number;
  /** The layer of the model that holds that layer, or is it. */
  readonly holder: Layer;
}

/**
 * The weights with masks of a layer and of those that it holds, as a recurrent layer its cell, in the name of the
 * holder.
 */
export function weightsOf(layer: Layer, path = layer.name, calls = callsOf(layer)): Weight[] {
  return placesIn(layer, path, calls).map(({weight}) => weight);
}

function placesIn(layer: Layer, path: string, calls: Call[]): Omit<Place, 'holder'>[] {
  if (isPrunable(layer)) {
    return layer.prunableWeights(calls).map((weight, index) => ({
      weight: {...weight, name: path + weight.name.slice(layer.name.length), layer: path},
      layer,
      index,
    }));
  }
  return builtWithin(layer, path).flatMap(([inner, innerPath]) =>
    placesIn(inner, innerPath, calls).map((place) => ({...place, weight: {...place.weight, layer: path}})),
  );
}

/** The built layers that a layer holds, each with the path that the names of its weights start with. */
export function builtWithin(layer: Layer, path: string): [inner: Layer, path: string][] {
  // A bidirectional layer also holds the layer that it was made of, which is never built.
  const held = heldBy(layer).filter((inner) => variablesOf(inner).length > 0);
  return held.map((inner) => [inner, held.length === 1 ? path : `${path}/${inner.name}`]);
}

/** All that a layer and those that it holds have masks for. */
export function maskedOf(layer: Layer): Masked[] {
  const perChannel = (owner: Layer): Masked[] =>
    isPrunable(owner) ? owner.perChannelWeights() : heldBy(owner).flatMap(perChannel);
  return [...weightsOf(layer), ...perChannel(layer)];
}

/** Whether a layer has a weight of two or more dimensions, the kind that is worth a mask. */
export function hasLargeWeight(layer: Layer): boolean {
  return layer.weights.some(({shape}) => shape.length > 1);
}

/**
 * The weights of a model that have masks, those in nested models included, each once.
 *
 * @throws if the model is not a LayersModel, or has no prunable layer.
 */
export function prunableWeights(model: LayersModel, who = 'prunableWeights'): Weight[] {
  return places(model, who).map(({weight}) => weight);
}

/** As `prunableWeights`, with where each is at work. */
export function places(model: LayersModel, who: string): Place[] {
  assertLayersModel(who, model);
  const found = leaves(model).flatMap(placesAt);
  if (found.length === 0) {
    throw new Error(
      `${who}: model "${model.name}" has no prunable layers; convert it with prunable() from tfjs-pruning/layers`,
    );
  }
  return found;
}

function placesAt({layer: holder, path, calls}: Leaf): Place[] {
  return placesIn(holder, path, callsOf(holder)).map(({weight, ...place}) => ({
    ...place,
    weight: {...weight, uses: weight.uses * calls},
    holder,
  }));
}

/** The weights with masks of one layer of a model, as `prunableWeights` lists them. */
export function weightsAt(leaf: Leaf): Weight[] {
  return placesAt(leaf).map(({weight}) => weight);
}

/** The share of masked elements in all of some weights, from 0 to 1. */
export async function sparsityOf(weights: Weight[]): Promise<number> {
  const masks = await Promise.all(weights.map(({mask}) => bitsOf(mask)));
  const kept = masks.reduce((sum, bits) => sum + ones(bits), 0);
  const size = masks.reduce((sum, bits) => sum + bits.length, 0);
  return 1 - kept / size;
}

/** How many elements a mask keeps. */
export function ones(bits: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < bits.length; i++) {
    count += bits[i];
  }
  return count;
}

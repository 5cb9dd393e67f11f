import type {Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Layout} from './kinds';
import {assertLayersModel, type Layer} from './tfjs';
import {leaves} from './tree';

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
  readonly axes: Layout['axes'];
  /** How many slices of the output axis live and die together. */
  readonly gates: number;
  /** How many multiplications an element takes part in for one example. */
  readonly uses: number;
}

/** A layer with masks. All that the library knows of layers. */
export interface PrunableLayer {
  /** The weights of a built layer, as for one call of it, named after the layer alone. */
  prunableWeights(): Weight[];
}

export function isPrunable(layer: Layer): layer is Layer & PrunableLayer {
  return 'prunableWeights' in layer;
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
  assertLayersModel(who, model);
  const weights = leaves(model).flatMap(({layer, path, calls}) =>
    isPrunable(layer)
      ? layer.prunableWeights().map((weight) => ({
          ...weight,
          name: path + weight.name.slice(layer.name.length),
          layer: path,
          uses: weight.uses * calls,
        }))
      : [],
  );
  if (weights.length === 0) {
    throw new Error(
      `${who}: model "${model.name}" has no prunable layers; convert it with prunable() from tfjs-pruning/layers`,
    );
  }
  return weights;
}

/** The share of masked elements in all of some weights, from 0 to 1. */
export async function sparsityOf(weights: Weight[]): Promise<number> {
  const masks = await Promise.all(weights.map(({mask}) => mask.data()));
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

import type {Variable} from '@tensorflow/tfjs-core';
import type {Axes} from './axes';
import {bitsOf} from './bits';
import type {Call, Layout} from './kind';
import {type Layer, variablesOf, withInnerLayers} from './tfjs';

/** A weight that can be pruned, as its layer declares it. */
export interface Weight {
  /** The layer and the field, `dense_1/kernel`. */
  readonly name: string;
  /** The layer's name; within a nested model the names from the outside in, `encoder/dense_1`. */
  readonly layer: string;
  /**
   * The trained variable; 0 wherever the mask is 0. A custom optimizer may move it there, if it keeps past gradients or
   * adds something to all weights. It is 0 again after `prune`, and at the end of each epoch with a callback that prunes.
   * Layers compute with value · mask, so that no output depends on masked elements.
   */
  readonly value: Variable;
  /** The value's shape, dtype bool: 1 keeps an element, 0 prunes it. */
  readonly mask: Variable;
  /** The axes of the value that run over the layer's outputs and inputs. */
  readonly axes: Axes;
  /** The number of output slices that are pruned together. */
  readonly gates: number;
  /** How many multiplications an element takes part in for one example. */
  readonly uses: number;
  /** Its output feeds another weight of the same layer and is not the layer's output. */
  readonly hidden?: true;
}

/** A layer with masks, as the library accesses it. */
export interface PrunableLayer {
  /**
   * A built layer's weights, named after the layer alone.
   *
   * @param calls The shapes that the layer is called with; those of its own calls by default.
   */
  prunableWeights(calls?: Call[]): Weight[];
  /** The weights that are not scored, but masked with the channel of each element. */
  perChannelWeights(): Masked[];
}

/** A variable and its mask, with the same shape. */
export type Masked = Pick<Weight, 'value' | 'mask'>;

/** A layer that may compute by the nonzeros alone, as `sparsify` makes them. */
export interface SparseLayer {
  /**
   * `sparse` or `dense`, and why: for the inputs that the weight had last, or for one example; undefined for weights that are
   * not multiplied by.
   */
  sparseRuns(value: Variable): string | undefined;
}

export function isSparse(layer: Layer): layer is Layer & SparseLayer {
  return 'sparseRuns' in layer;
}

export function isPrunable(layer: Layer): layer is Layer & PrunableLayer {
  return 'prunableWeights' in layer;
}

/** The number of multiplications per element for one example, in some calls; 1 without calls. */
export function usesIn(calls: Call[], {uses}: Pick<Layout, 'uses'>, shape: readonly number[]): number {
  const perCall = calls.map((call) => uses(call, shape) * (call.times ?? 1));
  return perCall.length === 0 ? 1 : perCall.reduce((sum, use) => sum + use, 0);
}

/** All variables with masks in a layer and its inner layers. */
export function maskedOf(layer: Layer): Masked[] {
  return withInnerLayers(layer)
    .filter(isPrunable)
    .flatMap((one) => [...one.prunableWeights(), ...one.perChannelWeights()]);
}

/** Whether a layer, or one inside it, has a weight with a mask. */
export function hasMaskedWeight(layer: Layer): boolean {
  return withInnerLayers(layer).some((one) => isPrunable(one) && one.prunableWeights().length > 0);
}

/** Whether a layer has a weight with two or more dimensions, which can profit from a mask. */
export function hasLargeWeight(layer: Layer): boolean {
  return layer.weights.some(({shape}) => shape.length > 1);
}

/** The share of masked elements in some weights together, from 0 to 1. */
export async function sparsityOf(weights: readonly Weight[]): Promise<number> {
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

/** The variables in a layer and its inner layers, without the masks. */
export function withoutMasks(layer: Layer, weights: Masked[]) {
  return variablesOf(layer).filter(({name}) => !weights.some(({mask}) => mask.name === name));
}

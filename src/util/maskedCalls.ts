import type {Tensor} from '@tensorflow/tfjs-core';
import type {LayerVariable, layers} from '@tensorflow/tfjs-layers';

/** A layer with a masked kernel. */
export interface MaskedLayer {
  readonly layer: layers.Layer;
  /** The tfjs class as which it computes. */
  readonly className: string;
  readonly mask: LayerVariable;
  /** Returns the masked bias. */
  readonly bias: () => Tensor | undefined;
}

/** Computes a layer without its masked weights. */
export interface MaskedCall {
  /** Returns the output, or undefined where the layer has to compute it densely. */
  call(inputs: Tensor | Tensor[]): Tensor | undefined;
  dispose(): void;
}

/** Where `enableTraining` of tfjs-pruning/wasm puts calls that skip masked weights, so that no layer imports it. */
export const maskedCalls: {make?: (masked: MaskedLayer) => MaskedCall} = {};

/** How many callers need the gradients by all weights, by mask. */
const dense = new WeakMap<Tensor, number>();

/**
 * Lets training steps compute the loss gradients by all elements of weights, masked ones too, until the returned function is
 * called. `variableGrads` and `applyGradients` of an optimizer then get those of the masked products. Without it masked elements
 * have a gradient of 0. Losses of regularizers never have gradients by masked elements.
 *
 * Outputs and all other gradients are unchanged, and still computed by the remaining weights. Multiply the gradients by the mask
 * before an optimizer applies them, or masked weights and their slots change.
 *
 * @param weights Such as those of `prunableWeights`.
 */
export function needDenseGradients(weights: readonly {readonly mask: Tensor}[]): () => void {
  const masks = weights.map(({mask}) => mask);
  const count = (change: number) => {
    for (const mask of masks) dense.set(mask, (dense.get(mask) ?? 0) + change);
  };
  count(1);
  return () => {
    count(-1);
    // A second call does nothing.
    masks.length = 0;
  };
}

/** Whether the gradients by all weights under a mask are needed. */
export const needsDenseGradients = (mask: Tensor): boolean => (dense.get(mask) ?? 0) > 0;

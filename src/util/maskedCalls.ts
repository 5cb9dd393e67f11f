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

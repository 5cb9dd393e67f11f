import {Elu, LeakyRelu, Prelu, Sigmoid, type TensorInfo} from '@tensorflow/tfjs-core';
import {compose, type WasmBackend} from '../backend';

/** The activations that clamp their input. */
const clamps: Readonly<Record<string, readonly [low: number, high: number]>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};

/** The kernels of the other activations that fused kernels have. */
const kernels: Readonly<Record<string, string>> = {
  elu: Elu,
  leakyrelu: LeakyRelu,
  prelu: Prelu,
  sigmoid: Sigmoid,
};

/** The activation of a fused kernel, with parameters that only some of them have. */
export interface Activation {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

export const isKnown = ({activation = 'linear'}: Activation): boolean =>
  activation in clamps || activation in kernels;

/**
 * Computes the activation of a product, which clamps its sums itself.
 *
 * @param product Gives the sums, clamped.
 */
export function activate(
  backend: WasmBackend,
  {activation = 'linear', leakyreluAlpha}: Activation,
  alpha: TensorInfo | undefined,
  product: (low: number, high: number) => TensorInfo,
): TensorInfo {
  const clamp = clamps[activation];
  if (clamp !== undefined) return product(...clamp);
  return compose(backend, (run, own) => {
    const x = own(product(...clamps.linear));
    return run(kernels[activation], alpha === undefined ? {x} : {x, alpha}, {alpha: leakyreluAlpha});
  });
}

import {
  engine,
  type GradConfig,
  type GradFunc,
  type NamedAttrMap,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {maskedFilterGrad, maskedInputGrad} from './maskedGradients';
import type {MaskedAttrs} from './maskedImages';
import {maskedProduct} from './maskedProduct';

/** The kernels of a product with a masked kernel, by name. */
export const maskedKernels = {
  MaskedProduct: maskedProduct,
  MaskedInputGrad: maskedInputGrad,
  MaskedFilterGrad: maskedFilterGrad,
};

/** Runs one of these kernels. */
export function runMasked(
  name: keyof typeof maskedKernels,
  inputs: Record<string, Tensor>,
  attrs: MaskedAttrs,
): Tensor {
  return engine().runKernel(name, inputs, Object(attrs));
}

/** Each gradient is computed only if it is used: the input of a first layer needs none. */
export const maskedProductGradient: GradConfig = {
  kernelName: 'MaskedProduct',
  inputsToSave: ['x', 'weights', 'mask', 'positions'],
  gradFunc: ((dy: Tensor, [x, weights, mask, positions]: Tensor[], attributes: NamedAttrMap) => {
    const attrs: MaskedAttrs = Object(attributes);
    return {
      x: () => runMasked('MaskedInputGrad', {dy, weights, mask, positions}, attrs),
      weights: () => runMasked('MaskedFilterGrad', {x, dy, weights, mask, positions}, attrs),
      bias: () => sum(dy, [...Array(dy.rank - 1).keys()]),
    };
  }) as GradFunc,
};

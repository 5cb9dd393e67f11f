import {backend_util, type MaxPoolGradAttrs, type MaxPoolGradInputs} from '@tensorflow/tfjs-core';
import type {Kernel} from './backend';
import {address} from './sideModule';
import {simd} from './simd';

/**
 * The gradient of max pooling: adds each dy to the first maximum of its window, as on the CPU backend. The stock kernel uses
 * the last maximum, and none if no input is positive.
 */
export const maxPoolGrad =
  (): Kernel<MaxPoolGradInputs, MaxPoolGradAttrs> =>
  ({inputs: {dy, input, output}, attrs, backend}) => {
    const {filterSize, strides, pad, dimRoundingMode} = attrs;
    const shape = input.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const {outHeight, outWidth, padInfo} = info;
    const {filterHeight, filterWidth, strideHeight, strideWidth} = info;
    const dx = backend.makeOutput(shape, 'float32');
    simd(backend).maxPoolGrad(
      address(backend, input),
      ...shape,
      address(backend, output),
      address(backend, dy),
      outHeight,
      outWidth,
      filterHeight,
      filterWidth,
      strideHeight,
      strideWidth,
      padInfo.top,
      padInfo.left,
      address(backend, dx),
    );
    return dx;
  };

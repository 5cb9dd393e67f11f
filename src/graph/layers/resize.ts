import type {Tensor, Tensor4D} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import {opLayer} from './opLayer';
import {besides} from './rules';

interface ResizeConfig {
  readonly method: 'bilinear' | 'nearest';
  readonly size: [height: number, width: number];
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Resizes images. */
export const resizeOp = opLayer<ResizeConfig>('ResizeOp', {
  compute: ([x], config) => {
    // tfjs's gradients miss on WASM, ignore halfPixelCenters, and swap the sides of images.
    const op = tf.customGrad((image: Tensor | unknown) => ({
      value: resize(image as Tensor4D, config.size, config),
      gradFunc: (dy: Tensor) => spread(dy as Tensor4D, x.shape as Tensor4D['shape'], config),
    }));
    return op(x);
  },
  shape: ([[batch, , , channels]], {size}) => [batch, ...size, channels],
  propagation: besides(() => [1, 2]),
});

function resize(image: Tensor4D, size: [number, number], config: ResizeConfig): Tensor4D {
  const {method, alignCorners, halfPixelCenters} = config;
  const op = method === 'bilinear' ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
  return op(image, size, alignCorners, halfPixelCenters);
}

/** Rows · image · columnsᵀ is the resized image of each channel; rowsᵀ · dy · columns is the gradient. */
function spread(
  dy: Tensor4D,
  [batch, height, width, channels]: Tensor4D['shape'],
  config: ResizeConfig,
): Tensor {
  const [newHeight, newWidth] = config.size;
  const rows = resize(tf.eye(height).reshape([1, height, 1, height]), [newHeight, 1], config);
  const columns = resize(tf.eye(width).reshape([1, 1, width, width]), [1, newWidth], config);
  const times = (matrix: Tensor, from: number, to: number, tensor: Tensor) =>
    tf.matMul(tf.tile(matrix.reshape([1, from, to]), [tensor.shape[0], 1, 1]), tensor, true);
  const tall = times(rows, newHeight, height, dy.reshape([batch, newHeight, newWidth * channels]));
  const whole = times(columns, newWidth, width, tall.reshape([batch * height, newWidth, channels]));
  return whole.reshape([batch, height, width, channels]);
}

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
  const rows = resize(tf.reshape(tf.eye(height), [1, height, 1, height]) as Tensor4D, [newHeight, 1], config);
  const columns = resize(tf.reshape(tf.eye(width), [1, 1, width, width]) as Tensor4D, [1, newWidth], config);
  const times = (matrix: Tensor, from: number, to: number, tensor: Tensor) =>
    tf.matMul(tf.tile(tf.reshape(matrix, [1, from, to]), [tensor.shape[0], 1, 1]), tensor, true);
  const tall = times(rows, newHeight, height, tf.reshape(dy, [batch, newHeight, newWidth * channels]));
  const whole = times(columns, newWidth, width, tf.reshape(tall, [batch * height, newWidth, channels]));
  return tf.reshape(whole, [batch, height, width, channels]);
}

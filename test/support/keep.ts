import * as tf from '@tensorflow/tfjs';
import {prunableDense} from 'tfjs-pruning/layers';

/** A stack of dense layers, `stack0`, `stack1` …, with the given kernels. */
export function prunableStack(kernels: readonly number[][][]): tf.Sequential {
  const model = tf.sequential({
    layers: kernels.map((kernel, i) =>
      prunableDense({
        name: `stack${i}`,
        units: kernel[0].length,
        inputShape: [kernel.length],
        useBias: false,
      }),
    ),
  });
  for (const [i, kernel] of kernels.entries()) {
    const [variable] = model.layers[i].getWeights();
    (model.layers[i].weights[0].read() as tf.Variable).assign(
      tf.tensor2d(kernel, variable.shape as [number, number]),
    );
  }
  return model;
}

/** Decreasing scores from 1. */
export const magnitudes = (count: number) => Array.from({length: count}, (_, i) => (count - i) / count);

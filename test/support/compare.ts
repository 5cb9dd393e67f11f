import * as tf from '@tensorflow/tfjs';
import './cpu';

/** Random inputs of a model; integers below 5 for embeddings. */
export function inputsOf(model: tf.LayersModel): tf.Tensor[] {
  const looksUp = model.layers.some((layer) => layer.getClassName().endsWith('Embedding'));
  return model.inputs.map(({shape}, i) => {
    const dims = [3, ...shape.slice(1).map((dim) => dim ?? 7)];
    return looksUp ? tf.randomUniform(dims, 0, 5, 'int32', i) : tf.randomNormal(dims, 0, 1, 'float32', 5 + i);
  });
}

/** The largest difference of the outputs of two models for random inputs, relative to the largest output if that exceeds 1. */
export function difference(a: tf.LayersModel, b: tf.LayersModel): number {
  return tf.tidy(() => {
    const x = inputsOf(a);
    const [one, other] = [a, b].map((model) => [model.predict(x)].flat());
    const largest = one.map((output, i) => {
      tf.util.assertShapesMatch(output.shape, other[i].shape);
      const scale = Math.max(1, tf.max(tf.abs(output)).dataSync()[0]);
      const most = tf.max(tf.abs(tf.sub(output, other[i]))).dataSync()[0] / scale;
      return Number.isNaN(most) ? Number.POSITIVE_INFINITY : most;
    });
    return Math.max(...largest);
  });
}

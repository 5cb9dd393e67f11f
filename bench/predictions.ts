import * as tf from '@tensorflow/tfjs';

/** A function that predicts the single output of a tfjs model. */
export const predicted = (model: tf.LayersModel, x: tf.Tensor) => () =>
  tf.tidy(() => (model.predict(x, {batchSize: x.shape[0]}) as tf.Tensor).dataSync<'float32'>());

/** Predictions one after the other, as a single one may take less time than to measure it; only those that are promises are awaited. */
export const repeated = (run: () => unknown, times: number) => async () => {
  for (let i = 0; i < times; i++) {
    const result = run();
    if (result instanceof Promise) await result;
  }
};

/** @throws if two models predict otherwise, by a thousandth of the largest output. */
export function assertEqual(actual: Float32Array, expected: Float32Array, name: string): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const distance = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i])), 0);
  if (!(distance <= 1e-3 * largest))
    throw new Error(`bench: ${name} predicts other outputs, by ${distance} of ${largest}`);
}

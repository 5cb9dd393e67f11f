import * as tf from '@tensorflow/tfjs';
import './cpu';

/** The gradient of a function of a tensor by central differences, for values of any shape. */
export function differences(
  cost: (value: tf.Tensor) => tf.Scalar,
  values: number[],
  step: number,
  shape = [values.length],
): number[] {
  const at = (i: number, by: number) =>
    tf.tidy(
      () =>
        cost(
          tf.tensor(
            values.map((value, j) => (i === j ? value + by : value)),
            shape,
          ),
        ).dataSync()[0],
    );
  return values.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step));
}

/** The gradient by tfjs. */
export function gradient(
  cost: (value: tf.Tensor) => tf.Scalar,
  values: number[],
  shape = [values.length],
): number[] {
  return tf.tidy(() => [
    ...tf
      .grad(cost as (value: tf.Tensor) => tf.Tensor)(tf.tensor(values, shape))
      .dataSync(),
  ]);
}

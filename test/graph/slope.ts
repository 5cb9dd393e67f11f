import * as tf from '@tensorflow/tfjs';
import {numbers} from '../wasm/backends';

type Compute = (x: tf.Tensor) => tf.Tensor;

/**
 * The gradient of the sum of squares of a function, along a random direction in which all numbers grow, and the slope that it should be.
 *
 * @param step Half the distance between the points of the slope.
 */
export async function gradientAndSlope(compute: Compute, x: tf.Tensor, step: number) {
  const loss = (given: tf.Tensor) => tf.sum(tf.square(compute(given))) as tf.Scalar;
  const direction = tf.abs(numbers(x.shape, 2));
  const valueAt = async (length: number) => (await loss(x.add(direction.mul(length))).data())[0];
  const [gradient] = await tf.grad(loss)(x).mul(direction).sum().data();
  return {gradient, slope: ((await valueAt(step)) - (await valueAt(-step))) / (2 * step)};
}

/** Distinct numbers in [0.3, 1.3), so that a small step crosses no maximum. */
export function distinct(shape: number[]): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  const values = Float32Array.from({length: size}, (_, i) => 0.3 + ((7919 * i) % size) / size);
  return tf.tensor(values, shape);
}

/** The ranks in which a gradient is not the slope, or fails. */
export async function wrongRanks(
  ranks: readonly number[],
  compute: (x: tf.Tensor, rank: number) => tf.Tensor,
) {
  const wrong: (readonly [rank: number, found: number | string, slope?: number])[] = [];
  for (const rank of ranks) {
    const x = distinct([2, 3, 3, 2, 2, 3].slice(0, rank));
    try {
      const {gradient, slope} = await gradientAndSlope((given) => compute(given, rank), x, 4e-4);
      if (!(Math.abs(gradient - slope) < 0.02 * Math.abs(slope) + 0.05)) wrong.push([rank, gradient, slope]);
    } catch (cause) {
      wrong.push([rank, (cause as Error).message]);
    }
  }
  return wrong;
}

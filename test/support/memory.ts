import * as tf from '@tensorflow/tfjs';
import './cpu';

/** Fails if `run` changes the number of tensors, whether it returns or throws. */
export async function expectNoLeakedTensors(run: () => unknown): Promise<void> {
  const before = tf.memory().numTensors;
  await run();
  expect(tf.memory().numTensors - before).toBe(0);
}

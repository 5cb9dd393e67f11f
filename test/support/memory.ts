import * as tf from '@tensorflow/tfjs';
import './cpu';

/** Fails if there are more or fewer tensors after `run` than before, whether it returns or throws. */
export async function expectNoLeakedTensors(run: () => unknown): Promise<void> {
  const before = tf.memory().numTensors;
  await run();
  expect(tf.memory().numTensors - before).toBe(0);
}

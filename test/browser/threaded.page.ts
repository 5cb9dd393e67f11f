// Runs in Chromium: trains with the threaded WASM backend, and says what came of it.
import * as tf from '@tensorflow/tfjs';
import {getThreadsCount, setThreadsCount, setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {enableTraining} from 'tfjs-pruning/wasm';

const loss = (x: tf.Tensor4D, filter: tf.Tensor4D, depthwise: tf.Tensor4D, kernel: tf.Tensor2D) =>
  tf.tidy(() => {
    const convolved = tf.maxPool(tf.conv2d(x, filter, 1, 'same'), 2, 2, 'valid');
    const dense = tf.matMul(
      tf.reshape(tf.depthwiseConv2d(convolved, depthwise, 1, 'valid'), [3, -1]),
      kernel,
    );
    return tf.sum(tf.square(dense)) as tf.Scalar;
  });

/** The gradients of a small network by its weights. */
async function gradients(backend: string): Promise<number[]> {
  await tf.setBackend(backend);
  const normal = <Shape extends number[]>(shape: Shape, seed: number) =>
    tf.randomNormal(shape, 0, 0.1, 'float32', seed) as tf.Tensor;
  const inputs = [normal([3, 12, 12, 3], 1), normal([3, 3, 3, 20], 2), normal([3, 3, 20, 1], 3)];
  const found = tf.grads(loss as (...tensors: tf.Tensor[]) => tf.Scalar)([...inputs, normal([320, 10], 4)]);
  return (await Promise.all(found.map((gradient) => gradient.data()))).flatMap((values) => [...values]);
}

async function run() {
  if (location.search === '?oneThread') tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths('/wasm/');
  setThreadsCount(2);
  const expected = await gradients('cpu');
  await tf.setBackend('wasm');
  enableTraining();
  const found = await gradients('wasm');
  const scale = Math.max(...expected.map(Math.abs));
  const largestDifference = Math.max(...found.map((value, i) => Math.abs(value - expected[i]))) / scale;
  return {isolated: crossOriginIsolated, threads: getThreadsCount(), largestDifference};
}

Object.assign(globalThis, {run});

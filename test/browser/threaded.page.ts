// Runs in Chromium: trains and computes by nonzeros with the threaded WASM backend, and says what came of it.
import * as tf from '@tensorflow/tfjs';
import {getThreadsCount, setThreadsCount, setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {prune, report, sparsify} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
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

/** What a network makes of noise; the second time by its nonzeros. */
async function predictions(backend: string, model: tf.LayersModel): Promise<number[]> {
  await tf.setBackend(backend);
  const x = tf.randomNormal([2, 20, 20, 16], 0, 1, 'float32', 5);
  const y = model.predict(x) as tf.Tensor;
  return [...(await y.data())];
}

/** A convolutional network of which a tenth of the weights is left. */
async function pruned(): Promise<tf.LayersModel> {
  const kernelInitializer = tf.initializers.randomNormal({stddev: 0.2, seed: 6});
  const model = await prunable(
    tf.sequential({
      layers: [
        tf.layers.conv2d({filters: 64, kernelSize: 3, inputShape: [20, 20, 16], kernelInitializer}),
        tf.layers.depthwiseConv2d({kernelSize: 5, depthwiseInitializer: kernelInitializer}),
        tf.layers.flatten(),
        tf.layers.dense({units: 64, kernelInitializer}),
      ],
    }),
  );
  await prune(model, 0.9, {where: () => true});
  return model;
}

const differenceOf = (expected: number[], found: number[]) =>
  Math.max(...found.map((value, i) => Math.abs(value - expected[i]))) / Math.max(...expected.map(Math.abs));

async function run() {
  if (location.search === '?oneThread') tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths('/wasm/');
  setThreadsCount(2);
  const expected = await gradients('cpu');
  await tf.setBackend('wasm');
  enableTraining();
  const found = await gradients('wasm');
  const largestDifference = differenceOf(expected, found);
  const model = await pruned();
  const fast = await sparsify(model);
  const byNonzeros = await predictions('wasm', fast);
  const sparseRuns = report(fast).weights.filter(({runs}) => runs?.startsWith('sparse')).length;
  const sparseDifference = differenceOf(await predictions('cpu', model), byNonzeros);
  return {
    isolated: crossOriginIsolated,
    threads: getThreadsCount(),
    largestDifference,
    sparseRuns,
    sparseDifference,
  };
}

Object.assign(globalThis, {run});

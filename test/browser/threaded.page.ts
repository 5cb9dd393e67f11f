// Runs in Chromium: trains and computes sparse products on the threaded WASM backend, and returns the results.
import * as tf from '@tensorflow/tfjs';
import {getThreadsCount, setThreadsCount, setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {prune, sparsify} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {enableTraining} from 'tfjs-pruning/wasm';
import {formsFor} from '../../src/wasm/sparse/form';
import {nonzeros} from '../../src/wasm/sparse/nonzeros';
import {runSparseProduct} from '../../src/wasm/sparse/sparseProduct';
import {outputsOf, sizesOf, type Window} from '../../src/wasm/sparse/window';

const loss = (x: tf.Tensor4D, filter: tf.Tensor4D, depthwise: tf.Tensor4D, kernel: tf.Tensor2D) =>
  tf.tidy(() => {
    const convolved = tf.maxPool(tf.conv2d(x, filter, 1, 'same'), 2, 2, 'valid');
    const dense = tf.matMul(
      tf.reshape(tf.depthwiseConv2d(convolved, depthwise, 1, 'valid'), [3, -1]),
      kernel,
    );
    return tf.sum(tf.square(dense)) as tf.Scalar;
  });

/** The gradients of a small network with respect to its weights. */
async function gradients(backend: string): Promise<number[]> {
  await tf.setBackend(backend);
  const normal = <Shape extends number[]>(shape: Shape, seed: number) =>
    tf.randomNormal(shape, 0, 0.1, 'float32', seed) as tf.Tensor;
  const inputs = [normal([3, 12, 12, 3], 1), normal([3, 3, 3, 20], 2), normal([3, 3, 20, 1], 3)];
  const found = tf.grads(loss as (...tensors: tf.Tensor[]) => tf.Scalar)([...inputs, normal([320, 10], 4)]);
  return (await Promise.all(found.map((gradient) => gradient.data()))).flatMap((values) => [...values]);
}

/** The outputs of a network for noise. */
async function predictions(backend: string, model: tf.LayersModel): Promise<number[]> {
  await tf.setBackend(backend);
  const x = tf.randomNormal([2, 20, 20, 16], 0, 1, 'float32', 5);
  const y = model.predict(x) as tf.Tensor;
  return [...(await y.data())];
}

const window = (size: number, channels: number, filters: number, isDepthwise = false): Window => ({
  ...{
    rows: size,
    columns: size,
    channels,
    filters,
    rowStep: 1,
    columnStep: 1,
    rowDilation: 1,
    columnDilation: 1,
  },
  padding: 'valid',
  isDepthwise,
});

/** Inputs for every sparse loop: single rows, tiles of matrices and of images, channels. */
const products: [Window, number[]][] = [
  [window(1, 32, 16), [2, 32]],
  [window(1, 32, 16), [40, 32]],
  [window(3, 8, 16), [2, 9, 9, 8]],
  [window(3, 8, 1, true), [2, 9, 9, 8]],
];

/**
 * The products of noise with kernels of density 0.1: by their nonzeros in every form, or dense as often. Called directly,
 * because sparsify chooses the form by measured time.
 */
async function multiplied(backend: string): Promise<number[]> {
  await tf.setBackend(backend);
  const found = products.flatMap(([window, shape]) => {
    const {rows, columns, channels, filters, isDepthwise} = window;
    const x = tf.randomNormal(shape, 0, 1, 'float32', 7);
    const noise = tf.randomNormal([rows, columns, channels, filters], 0, 1, 'float32', 8);
    const kernel = tf.mul(noise, tf.greater(tf.abs(noise), 1.6)) as tf.Tensor4D;
    return formsFor(window, sizesOf(window, shape)).map((form) => {
      if (backend === 'wasm') {
        const {words, groups, taken} = nonzeros(kernel.dataSync<'float32'>(), window, form);
        const list = tf.tensor(words, [words.length], 'int32');
        const inputs = {x, nonzeros: list, bias: tf.zeros([outputsOf(window)])};
        return runSparseProduct(inputs, {window, form, groups, taken, low: -Infinity, high: Infinity});
      }
      if (shape.length === 2) return tf.matMul(x, tf.reshape(kernel, [channels, filters]));
      return (isDepthwise ? tf.depthwiseConv2d : tf.conv2d)(x as tf.Tensor4D, kernel, 1, 'valid');
    });
  });
  return (await Promise.all(found.map((product) => product.data()))).flatMap((values) => [...values]);
}

/** A convolutional network with a tenth of its weights. */
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

/** Gradients of the same by its weights, which WASM computes by the remaining ones. */
async function maskedGradients(backend: string): Promise<number[]> {
  await tf.setBackend(backend);
  const model = await pruned();
  const x = tf.randomUniform([12, 20, 20, 16], -1, 1, 'float32', 7);
  const loss = () => tf.mean(tf.square(model.apply(x, {training: true}) as tf.Tensor)) as tf.Scalar;
  const {grads} = tf.variableGrads(
    loss,
    model.trainableWeights.map((weight) => weight.read() as tf.Variable),
  );
  const values = await Promise.all(Object.values(grads).map((gradient) => gradient.data()));
  return values.flatMap((some) => [...some]);
}

/** The largest difference over the largest value. */
function differenceOf(expected: number[], found: number[]): number {
  // Too many to be arguments.
  const largest = (values: number[]) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest(found.map((value, i) => value - expected[i])) / largest(expected);
}

/** The difference between an LSTM by its nonzeros, all steps in one kernel, and the same on the CPU backend. */
async function recurrentDifference(): Promise<number> {
  const init = tf.initializers.glorotUniform({seed: 9});
  const inits = {kernelInitializer: init, recurrentInitializer: init};
  const layer = tf.layers.lstm({units: 32, inputShape: [6, 32], ...inits});
  const model = await prunable(tf.sequential({layers: [layer]}));
  await prune(model, 0.95, {where: () => true});
  const fast = await sparsify(model);
  const outputs = async (backend: string, one: tf.LayersModel) => {
    await tf.setBackend(backend);
    const x = tf.randomNormal([2, 6, 32], 0, 1, 'float32', 5);
    return [...(await (one.predict(x) as tf.Tensor).data())];
  };
  const found = await outputs('wasm', fast);
  return differenceOf(await outputs('cpu', model), found);
}

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
  const sparsified = await predictions('wasm', fast);
  const sparsifyDifference = differenceOf(await predictions('cpu', model), sparsified);
  const maskedDifference = differenceOf(await maskedGradients('cpu'), await maskedGradients('wasm'));
  const sparseDifference = differenceOf(await multiplied('cpu'), await multiplied('wasm'));
  await tf.setBackend('wasm');
  const stepsDifference = await recurrentDifference();
  return {
    isolated: crossOriginIsolated,
    threads: getThreadsCount(),
    largestDifference,
    sparsifyDifference,
    maskedDifference,
    sparseDifference,
    stepsDifference,
  };
}

Object.assign(globalThis, {run});

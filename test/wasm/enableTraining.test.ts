import * as tf from '@tensorflow/tfjs';
import {enableTraining} from '../../src/wasm';
import {numbers, restartWasm} from './backends';

/** The registered kernels of the WASM backend. */
const kernels = () => new Map(tf.getKernelsForBackend('wasm').map((config) => [config.kernelName, config]));

const before = kernels();

/** A network with a layer for each kernel, always with the same weights. */
function network(): tf.LayersModel {
  const init = (seed: number) => tf.initializers.glorotUniform({seed});
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        filters: 4,
        kernelSize: 3,
        useBias: false,
        kernelInitializer: init(1),
        inputShape: [9, 9, 1],
      }),
      tf.layers.batchNormalization(),
      tf.layers.maxPooling2d({poolSize: 3, strides: 2, padding: 'same'}),
      tf.layers.conv2d({
        filters: 6,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: init(2),
      }),
      tf.layers.flatten(),
      tf.layers.dense({units: 8, activation: 'relu', kernelInitializer: init(3)}),
      tf.layers.dense({units: 3, activation: 'softmax', kernelInitializer: init(4)}),
    ],
  });
  model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});
  return model;
}

/** The loss of each epoch and the weights after all of them. */
async function train(backend: 'cpu' | 'wasm'): Promise<{loss: number[]; weights: number[][]}> {
  await tf.setBackend(backend);
  const model = network();
  const x = numbers([20, 9, 9, 1], 1);
  const y = tf.tidy(() => tf.oneHot(tf.range(0, 20, 1, 'int32').mod(tf.scalar(3, 'int32')), 3).toFloat());
  const {history} = await model.fit(x, y, {epochs: 4, batchSize: 8, shuffle: false, verbose: 0});
  const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()));
  model.dispose();
  model.optimizer.dispose();
  tf.dispose([x, y]);
  return {loss: history.loss as number[], weights};
}

describe('enableTraining()', () => {
  let restore: () => void;

  it('works before the backend has started', async () => {
    restore = enableTraining();
    const {loss} = await train('wasm');
    expect(loss[3]).toBeLessThan(loss[0]);
  });

  it('registers the missing kernel for training convolutions', () => {
    expect(before.has('Conv2DBackpropFilter')).toBe(false);
    expect(kernels().has('Conv2DBackpropFilter')).toBe(true);
  });

  it('changes nothing in a second call', () => {
    const first = kernels();
    expect(enableTraining()).toBe(restore);
    expect(kernels()).toEqual(first);
    for (const [name, config] of kernels()) expect(config).toBe(first.get(name));
  });

  it('returns a function that restores exactly the stock kernels, also in a second call', async () => {
    const expectBefore = () => {
      expect([...kernels().keys()].sort()).toEqual([...before.keys()].sort());
      for (const [name, config] of kernels()) expect(config).toBe(before.get(name));
    };
    restore();
    expectBefore();
    restore();
    expectBefore();
    await expect(train('wasm')).rejects.toThrow('Conv2DBackpropFilter');
  });

  it('works after the backend has started, and is not undone by the function of an earlier call', async () => {
    const again = enableTraining();
    restore();
    expect(enableTraining()).toBe(again);
    const {loss} = await train('wasm');
    expect(loss[3]).toBeLessThan(loss[0]);
    restore = again;
  });

  it('trains to the weights of the CPU backend', async () => {
    const expected = await train('cpu');
    const actual = await train('wasm');
    for (const [i, loss] of expected.loss.entries()) expect(actual.loss[i]).toBeCloseTo(loss, 4);
    for (const [i, weight] of expected.weights.entries()) {
      const largest = Math.max(...weight.map(Math.abs));
      const distance = Math.max(...weight.map((value, j) => Math.abs(value - actual.weights[i][j])));
      expect(distance).toBeLessThan(1e-3 * largest);
    }
  });

  it('leaks no tensors and no data', async () => {
    await train('wasm');
    const counts = () => [tf.memory().numTensors, tf.backend().numDataIds()];
    const start = counts();
    await train('wasm');
    expect(counts()).toEqual(start);
  });

  it('stays enabled when the backend restarts', async () => {
    await restartWasm();
    const {loss} = await train('wasm');
    expect(loss[3]).toBeLessThan(loss[0]);
  });

  it('makes a matrix product with a transposed operand several times faster', async () => {
    await tf.setBackend('wasm');
    const a = numbers([784, 64], 1);
    const b = numbers([784, 300], 2);
    const time = () => {
      const start = performance.now();
      for (let i = 0; i < 5; i++) tf.matMul(a, b, true).dispose();
      return performance.now() - start;
    };
    const fast = [time(), time(), time()];
    restore();
    const slow = [time(), time(), time()];
    restore = enableTraining();
    expect(Math.min(...slow)).toBeGreaterThan(2.5 * Math.min(...fast));
    tf.dispose([a, b]);
  });
});

it('enableTraining() throws if WASM lacks SIMD', () => {
  const {validate} = WebAssembly;
  const standing = kernels();
  // Node has SIMD, so validation is made to fail.
  WebAssembly.validate = () => false;
  try {
    expect(enableTraining).toThrow('enableTraining: WASM lacks SIMD; update the browser');
    expect(kernels()).toEqual(standing);
  } finally {
    WebAssembly.validate = validate;
  }
});

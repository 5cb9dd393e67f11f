// Runs in Chromium: times of dense and sparse ops on the threaded WASM backend.
import * as tf from '@tensorflow/tfjs';
import {setThreadsCount, setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {prune, sparsify, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import type {WasmBackend} from '../src/wasm/backend';
import {markWeight} from '../src/wasm/sparse/markWeight';
import {threadsOf} from '../src/wasm/sparse/sharing';
import {mobileNetV1} from './networks';

/** The same computation by all weights and by the nonzeros. */
type Pair = Record<'dense' | 'sparse', () => tf.Tensor>;

const SPARSITY = 0.9;

function convolution(size: number, channels: number, side: number): Pair {
  const x = tf.randomUniform([1, side, side, channels]) as tf.Tensor4D;
  const shape: [number, number, number, number] = [size, size, channels, channels];
  const values = Float32Array.from({length: tf.util.sizeFromShape(shape)}, () =>
    Math.random() < SPARSITY ? 0 : Math.random() - 0.5,
  );
  const bias = tf.ones([channels]) as tf.Tensor1D;
  const [plain, marked] = [0, 1].map(() => tf.tensor4d(values, shape));
  markWeight(marked);
  const by = (filter: tf.Tensor4D) => () =>
    tf.fused.conv2d({x, filter, strides: 1, pad: 'same', bias, activation: 'relu'});
  return {dense: by(plain), sparse: by(marked)};
}

async function network(): Promise<Pair> {
  const model = await prunable(tf.sequential({layers: mobileNetV1()}));
  await prune(model, SPARSITY, {where: () => true});
  const [plain, fast] = [await strip(model), await sparsify(model)];
  const x = tf.randomUniform([1, 224, 224, 3]);
  return {dense: () => plain.predict(x) as tf.Tensor, sparse: () => fast.predict(x) as tf.Tensor};
}

const cases: Record<string, () => Pair | Promise<Pair>> = {
  '1 × 1 convolution, 256 channels, 28²': () => convolution(1, 256, 28),
  '1 × 1 convolution, 64 channels, 56²': () => convolution(1, 64, 56),
  '3 × 3 convolution, 64 channels, 56²': () => convolution(3, 64, 56),
  'MobileNetV1, 224²': network,
};

const pairs = new Map<string, Pair>();

/** Starts the backend and returns the names of the cases. */
async function prepare(threads: number): Promise<string[]> {
  setWasmPaths('/wasm/');
  setThreadsCount(threads);
  await tf.setBackend('wasm');
  for (const [name, make] of Object.entries(cases)) {
    const pair = await make();
    pair.sparse().dispose();
    // The workers start while the page does nothing.
    while (threadsOf(tf.backend() as unknown as WasmBackend) < threads) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    pairs.set(name, pair);
  }
  return Object.keys(cases);
}

/** How long each computation is repeated, in milliseconds. */
const TURN = 20;

/**
 * The times of a case in milliseconds. Each computation is repeated before the other has its turn, as after a dense op the
 * threads of tfjs go on spinning for a while.
 */
function measure(name: string): Record<'dense' | 'sparse', number[]> {
  const pair = pairs.get(name) as Pair;
  const timesOf = (call: () => tf.Tensor) => {
    const times: number[] = [];
    for (const begin = performance.now(); times.length < 3 || performance.now() - begin < TURN; ) {
      const start = performance.now();
      call().dispose();
      times.push(performance.now() - start);
    }
    return times;
  };
  return {dense: timesOf(pair.dense), sparse: timesOf(pair.sparse)};
}

Object.assign(globalThis, {prepare, measure});

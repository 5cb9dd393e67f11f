import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import type {WasmBackend} from '../../src/wasm/backend';

setWasmPaths(join(process.cwd(), 'node_modules/@tensorflow/tfjs-backend-wasm/dist/'));

/** Restarts the WASM backend, with a small heap. */
export async function restartWasm(): Promise<void> {
  const factory = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory);
  await tf.setBackend('wasm');
}

/** The results of an op on one backend; disposes its tensors. */
export async function on(backend: 'cpu' | 'wasm', op: () => tf.Tensor) {
  await tf.setBackend(backend);
  const before = [tf.memory().numTensors, tf.backend().numDataIds()];
  const result = tf.tidy(op);
  const {shape, dtype} = result;
  const values = Array.from(result.dataSync() as ArrayLike<number>);
  result.dispose();
  expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual(before);
  return {shape, dtype, values};
}

/**
 * Expects the same results of an op on numbers around 1 from both backends: shape, type, and values within `tolerance`
 * relative to the largest.
 */
export async function expectSameOnBoth(op: () => tf.Tensor, tolerance = 1e-4): Promise<void> {
  const expected = await on('cpu', op);
  const actual = await on('wasm', op);
  expect([actual.shape, actual.dtype]).toEqual([expected.shape, expected.dtype]);
  // If the result is a difference of numbers around 1, its rounding error is relative to 1.
  const largest = Math.max(0.01, ...expected.values.map(Math.abs));
  const distance = Math.max(...actual.values.map((value, i) => Math.abs(value - expected.values[i])));
  expect(distance).toBeLessThanOrEqual(tolerance * largest);
}

/** Pseudorandom numbers in [-1, 1), the same for the same seed. */
export function numbers(shape: number[], seed: number): tf.Tensor {
  let state = seed * 2654435761 + 1;
  const values = Float32Array.from({length: tf.util.sizeFromShape(shape)}, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
  return tf.tensor(values, shape);
}

/** Fills every output of a WASM kernel before it runs, like memory that was used before. */
export function fillFreshOutputs(value: number): void {
  const backend: WasmBackend = Object(tf.backend());
  const makeOutput = backend.makeOutput.bind(backend);
  backend.makeOutput = (...args) => {
    const output = makeOutput(...args);
    // A given offset is that of existing data.
    if (args.length < 3) backend.typedArrayFromHeap(output).fill(value);
    return output;
  };
}

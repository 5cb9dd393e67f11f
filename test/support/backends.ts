import {dirname} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import './cpu';

/** The backends that run in Node without a native addon. */
export const backends = ['cpu', 'wasm'] as const;

/** Runs the tests of the enclosing `describe` on a backend. */
export function useBackend(name: (typeof backends)[number]): void {
  beforeAll(async () => {
    setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
    await tf.setBackend(name);
  });
  afterAll(() => tf.setBackend('cpu'));
}

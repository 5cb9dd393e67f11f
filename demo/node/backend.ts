import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {enableTraining} from 'tfjs-pruning/wasm';
import {hasTfjsNode, loadTfjsNode} from './tfjsNode';

const starts = {
  node: async () => {
    loadTfjsNode();
    await tf.setBackend('tensorflow');
  },
  wasm: async () => {
    const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(join(dirname(entry), '/'));
    await tf.setBackend('wasm');
    enableTraining();
  },
  cpu: async () => {
    // With its first tensor it prints advice to install tfjs-node, except in tests.
    tf.env().set('IS_TEST', true);
    await tf.setBackend('cpu');
    tf.scalar(0).dispose();
    tf.env().set('IS_TEST', false);
  },
};

export type Backend = keyof typeof starts;

export const backends = Object.keys(starts) as Backend[];

/** The fastest available backend. */
export const fastest = (): Backend => (hasTfjsNode() ? 'node' : 'wasm');

/** Starts a backend, ready to train. @throws if it is not available; the message says how to install it. */
export async function startBackend(name: Backend): Promise<void> {
  await starts[name]();
}

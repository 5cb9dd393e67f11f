// Built by Vite and run in Chromium: starts the WASM backend, and returns the result.
import * as wasm from '@tensorflow/tfjs-backend-wasm';
import {getBackend, setBackend} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import {startWasm} from 'tfjs-pruning/wasm';

async function run(paths: string, threads?: boolean) {
  await setBackend('cpu');
  try {
    const isThreaded = await startWasm({wasm, paths, threads});
    return {isolated: crossOriginIsolated, isThreaded, backend: getBackend()};
  } catch (error) {
    return {message: (error as Error).message, backend: getBackend()};
  }
}

Object.assign(globalThis, {run});

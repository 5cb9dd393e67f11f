import {getBackend} from '@tensorflow/tfjs-core';

/** Loads the kernels that gradients need on WASM; the page opens without them. */
export async function enableGradients(): Promise<void> {
  if (getBackend() !== 'wasm') return;
  const {enableTraining} = await import('tfjs-pruning/wasm');
  enableTraining();
}

import {engine} from '@tensorflow/tfjs-core';

/** Computes something that has no part in gradients. */
export function untaped<Result>(compute: () => Result): Result {
  const {state} = engine();
  // As in a kernel: the engine records the ops outside of kernels.
  state.kernelDepth++;
  try {
    return compute();
  } finally {
    state.kernelDepth--;
  }
}

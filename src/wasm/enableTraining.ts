import {
  _FusedMatMul,
  BatchMatMul,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  GatherV2,
  getKernel,
  type KernelConfig,
  type KernelFunc,
  MaxPoolGrad,
  registerKernel,
  Transpose,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import {conv2dBackpropFilter} from './conv2dBackpropFilter';
import {conv2dBackpropInput} from './conv2dBackpropInput';
import {gatherV2} from './gatherV2';
import {batchMatMul, fusedMatMul} from './matMul';
import {maxPoolGrad} from './maxPoolGrad';

const backendName = 'wasm';

/** By the name of a kernel: what makes the new one out of the one that stood before. */
const kernels = {
  [BatchMatMul]: batchMatMul,
  [_FusedMatMul]: fusedMatMul,
  [Conv2DBackpropFilter]: conv2dBackpropFilter,
  [Conv2DBackpropInput]: conv2dBackpropInput,
  [GatherV2]: gatherV2,
  [MaxPoolGrad]: maxPoolGrad,
} as unknown as Record<string, (original?: KernelFunc) => KernelFunc>;

let restore: (() => void) | undefined;

/**
 * Teaches @tensorflow/tfjs-backend-wasm to train: `fit` then works with convolutions, whose gradient by the
 * filter the backend lacks, and is several times faster with dense layers. Predictions stay as they are;
 * depthwise convolutions and embeddings still cannot be trained there.
 *
 * New are `Conv2DBackpropFilter`, `Conv2DBackpropInput`, `MaxPoolGrad`, `GatherV2`, and `BatchMatMul` and
 * `_FusedMatMul` of transposed operands. They give what the kernels of the CPU backend give, up to rounding.
 *
 * Call it once, before or after the backend has started; a second call changes nothing. Returns the function
 * that brings back exactly the kernels that stood before. Throws where @tensorflow/tfjs-backend-wasm has not
 * been imported.
 */
export function enableTraining(): () => void {
  if (!getKernel(Transpose, backendName)) {
    throw new Error(
      "enableTraining: the backend 'wasm' has no kernels; import '@tensorflow/tfjs-backend-wasm' first",
    );
  }
  if (restore) return restore;
  const originals = Object.entries(kernels).map(([kernelName, make]) => {
    const original = getKernel(kernelName, backendName) as KernelConfig | undefined;
    if (original) unregisterKernel(kernelName, backendName);
    // With the setupFunc of the original, which a backend that starts later calls.
    registerKernel({...original, kernelName, backendName, kernelFunc: make(original?.kernelFunc)});
    return {kernelName, original};
  });
  restore = () => {
    // Emptied by the first call, so that the next does nothing.
    if (!originals.length) return;
    for (const {kernelName, original} of originals.splice(0)) {
      unregisterKernel(kernelName, backendName);
      if (original) registerKernel(original);
    }
    restore = undefined;
  };
  return restore;
}

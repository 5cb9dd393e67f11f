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

/** By the name of the kernel: the new one, given the one it stands for. */
const kernels = {
  [BatchMatMul]: batchMatMul,
  [_FusedMatMul]: fusedMatMul,
  [Conv2DBackpropFilter]: conv2dBackpropFilter,
  [Conv2DBackpropInput]: conv2dBackpropInput,
  [GatherV2]: gatherV2,
  [MaxPoolGrad]: maxPoolGrad,
} as unknown as Record<string, (original?: KernelFunc) => KernelFunc>;

let disable: (() => void) | undefined;

export function enableTraining(): () => void {
  if (!getKernel(Transpose, backendName)) {
    throw new Error(
      "enableTraining: the backend 'wasm' has no kernels; import '@tensorflow/tfjs-backend-wasm' first",
    );
  }
  if (disable) return disable;
  const originals = Object.entries(kernels).map(([kernelName, make]) => {
    const original = getKernel(kernelName, backendName) as KernelConfig | undefined;
    if (original) unregisterKernel(kernelName, backendName);
    // With the original's setupFunc, so that a backend that starts later sets the original up.
    registerKernel({...original, kernelName, backendName, kernelFunc: make(original?.kernelFunc)});
    return {kernelName, original};
  });
  disable = () => {
    if (!originals.length) return;
    for (const {kernelName, original} of originals.splice(0)) {
      unregisterKernel(kernelName, backendName);
      if (original) registerKernel(original);
    }
    disable = undefined;
  };
  return disable;
}

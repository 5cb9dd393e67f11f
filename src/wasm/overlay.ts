import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/** Makes a kernel of the one below it, which may be missing. */
export type Wrap = (below: never) => (args: never) => TensorInfo | TensorInfo[];

interface Stack {
  readonly original: KernelConfig | undefined;
  readonly wraps: {readonly wrap: Wrap; readonly level: number}[];
}

const backendName = 'wasm';
const stacks = new Map<string, Stack>();

/**
 * Wraps WASM kernels, those at a higher level around those at a lower one. Returns the function that removes these wraps, in
 * any order; the last one removed restores the stock kernel.
 *
 * @param wraps By the names of the kernels.
 */
export function overlay(wraps: Readonly<Record<string, Wrap>>, level: number): () => void {
  const added = Object.entries(wraps).map(([kernelName, wrap]) => {
    const original = getKernel(kernelName, backendName) as KernelConfig | undefined;
    const stack = stacks.get(kernelName) ?? {original, wraps: []};
    const entry = {wrap, level};
    stacks.set(kernelName, stack);
    stack.wraps.push(entry);
    stack.wraps.sort((a, b) => a.level - b.level);
    compose(kernelName, stack);
    return {kernelName, stack, entry};
  });
  return () => {
    // Emptied by the first call, so that the next does nothing.
    for (const {kernelName, stack, entry} of added.splice(0)) {
      stack.wraps.splice(stack.wraps.indexOf(entry), 1);
      compose(kernelName, stack);
    }
  };
}

function compose(kernelName: string, {original, wraps}: Stack): void {
  if (getKernel(kernelName, backendName)) unregisterKernel(kernelName, backendName);
  if (wraps.length === 0) {
    stacks.delete(kernelName);
    if (original) registerKernel(original);
    return;
  }
  const kernelFunc = wraps.reduce<KernelFunc | undefined>(
    (below, {wrap}) => wrap(below as never) as KernelFunc,
    original?.kernelFunc,
  );
  // With the setupFunc of the original, which a backend that starts later calls.
  registerKernel({...original, kernelName, backendName, kernelFunc: kernelFunc as KernelFunc});
}

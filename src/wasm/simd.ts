import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WasmBackend} from './backend';
import {binary} from './binary';

/** The kernels of src/wasm/assembly; tensors are given by their addresses in the memory of the backend. */
type Kernels = Record<
  'depthwiseFilter' | 'dots' | 'filter' | 'maxPoolGrad' | 'sumRows',
  (...args: number[]) => void
>;

/** By the memory they work in, since a page may remove the backend and start it again. */
const instances = new WeakMap<WebAssembly.Memory, Kernels>();

/** The kernels, started on the memory of the backend at the first use. */
export function simd({wasm}: WasmBackend): Kernels {
  // The threaded build brings its memory along, the other one exports it.
  const memory = wasm.wasmMemory ?? wasm.asm.memory;
  let kernels = instances.get(memory);
  if (!kernels) {
    const module = new WebAssembly.Module(bytes(wasm.wasmMemory ? binary.threaded : binary.alone));
    const {exports} = new WebAssembly.Instance(module, {env: {memory}});
    kernels = exports as Kernels;
    instances.set(memory, kernels);
  }
  return kernels;
}

/** Where the values of a tensor are in the memory of the backend, in bytes. */
export function address(backend: WasmBackend, {dataId}: TensorInfo): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}

/** Whether WASM has the SIMD instructions that the kernels are made of. */
export function isSupported(): boolean {
  return WebAssembly.validate(bytes(binary.alone));
}

function bytes(hexadecimal: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({length: hexadecimal.length / 2}, (_, i) =>
    Number.parseInt(hexadecimal.slice(2 * i, 2 * i + 2), 16),
  );
}

import type {TensorInfo} from '@tensorflow/tfjs-core';
import {fromHex} from '../util/bytes';
import type {WasmBackend} from './backend';

/** A compiled module of src/wasm/assembly in hexadecimal, one for each kind of memory. */
export interface Binary {
  readonly alone: string;
  readonly threaded: string;
}

/** The exports of a module. Tensors are passed as addresses in the backend's memory. */
export type Exports<Names extends string> = Record<Names, (...args: number[]) => unknown>;

/**
 * Instantiates a module on the backend's memory at its first use.
 *
 * @returns a function of the backend that returns the exports.
 */
export function sideModule<Names extends string>(binary: Binary): (backend: WasmBackend) => Exports<Names> {
  // Keyed by memory, because a page may remove the backend and start it again.
  const instances = new WeakMap<WebAssembly.Memory, Exports<Names>>();
  return ({wasm}) => {
    // The threaded build imports its memory, the other one exports it.
    const memory = wasm.wasmMemory ?? wasm.asm.memory;
    let exports = instances.get(memory);
    if (!exports) {
      exports = new WebAssembly.Instance(moduleOf(binary, wasm), {env: {memory}}).exports as Exports<Names>;
      instances.set(memory, exports);
    }
    return exports;
  };
}

/** The module for the kind of memory that a backend has. */
export function moduleOf(binary: Binary, {wasmMemory}: WasmBackend['wasm']): WebAssembly.Module {
  return new WebAssembly.Module(fromHex(wasmMemory ? binary.threaded : binary.alone));
}

/** The address of a tensor's values in the backend's memory, in bytes. */
export function address(backend: WasmBackend, {dataId}: TensorInfo): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}

/** Whether WASM supports the SIMD instructions of a module. */
export function isSupported({alone}: Binary): boolean {
  return WebAssembly.validate(fromHex(alone));
}

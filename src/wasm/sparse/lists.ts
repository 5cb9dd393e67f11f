import type {DataId} from '@tensorflow/tfjs-core';
import type {WasmBackend} from '../backend';
import type {Form} from './form';
import {nonzeros} from './nonzeros';
import {outputsOf, type Window} from './window';

/** The nonzeros of a kernel in the memory of a backend. */
export interface List {
  readonly form: Form;
  readonly window: Window;
  readonly address: number;
  /** Where there is a 0 for each output, the bias of a product without one. */
  readonly zeros: number;
  readonly groups: number;
  readonly taken: number;
  /** Whether its memory is given back. */
  isFreed: boolean;
}

/** How many lists are in the memory of each backend. */
const counts = new WeakMap<WasmBackend, number>();

/** How many lists are in the memory of a backend. */
export const listsOn = (backend: WasmBackend): number => counts.get(backend) ?? 0;

/**
 * Writes the nonzeros into the memory of the backend. They are no tensor, as one that a kernel made and kept would count as
 * a leak of it.
 */
export function allocate(backend: WasmBackend, values: Float32Array, window: Window, form: Form): List {
  const {words, groups, taken} = nonzeros(values, window, form);
  const {wasm} = backend;
  // The result of _malloc is signed.
  const address = wasm._malloc(words.byteLength + 4 * outputsOf(window)) >>> 0;
  const zeros = address + words.byteLength;
  wasm.HEAPU8.set(new Uint8Array(words.buffer), address);
  wasm.HEAPU8.fill(0, zeros, zeros + 4 * outputsOf(window));
  counts.set(backend, listsOn(backend) + 1);
  return {form, window, address, zeros, groups, taken, isFreed: false};
}

export function free(backend: WasmBackend, list: List): void {
  list.isFreed = true;
  counts.set(backend, listsOn(backend) - 1);
  // The memory of a backend that was removed is gone.
  backend.wasm?._free(list.address);
}

const watched = new WeakSet<WasmBackend>();

/** Calls a function when data leaves a backend; only the first function for each backend counts. */
export function watch(backend: WasmBackend, left: (dataId: DataId) => void): void {
  if (watched.has(backend)) return;
  watched.add(backend);
  const disposeData = backend.disposeData.bind(backend);
  backend.disposeData = (dataId, force) => {
    const isGone = disposeData(dataId, force);
    if (isGone) left(dataId);
    return isGone;
  };
}

import {engine, type KernelBackend} from '@tensorflow/tfjs-core';
import type {WasmBackend} from '../backend';
import {isSupported} from '../sideModule';
import {binary} from './binary';

let simd: boolean | undefined;

/** Why the nonzeros cannot be used where tfjs computes now, or undefined where they can. */
export function unsupportedReason(): string | undefined {
  const {backendName} = engine();
  if (backendName !== 'wasm') return `the backend is ${backendName}`;
  const {wasm} = engine().backend as KernelBackend & WasmBackend;
  const memory = wasm.wasmMemory ?? wasm.asm?.memory;
  if (memory === undefined) return 'the memory of the backend cannot be shared';
  simd ??= isSupported(binary);
  return simd ? undefined : 'WASM has no SIMD here';
}

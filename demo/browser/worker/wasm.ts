import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?gzipped';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?gzipped';
import {env} from '@tensorflow/tfjs-core';
import {unzipped} from '../readDigits';

/** Prepares the WASM backend, whose binaries are beside this page: gzipped, as not all servers do that. */
export async function prepare(): Promise<void> {
  // The threaded build starts its workers from the source text of a function, which a minifier changes.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const hasSimd = await env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const answer = await fetch(hasSimd ? simd : plain);
  if (!answer.ok) throw new Error(`its binary could not be loaded (${answer.status})`);
  const binary = new Blob([await unzipped(await answer.arrayBuffer())], {type: 'application/wasm'});
  const url = URL.createObjectURL(binary);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': url,
    'tfjs-backend-wasm-simd.wasm': url,
    'tfjs-backend-wasm-threaded-simd.wasm': url,
  });
}

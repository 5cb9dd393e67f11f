import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {gzipSync} from 'node:zlib';
import {buildSync} from 'esbuild';
import type {Plugin} from 'vite';
import {parts} from '../../ship/build';

/**
 * A module generated from demo/ship, `virtual:shipped-page`: the page into which the network on this page is put, and the
 * gzipped bytes of tfjs that a page with a plain model loads.
 */
export function shippedPage(): Plugin {
  const id = 'virtual:shipped-page';
  return {
    name: 'shipped-page',
    resolveId: (asked) => (asked === id ? `\0${id}` : undefined),
    load: (asked) =>
      asked === `\0${id}`
        ? `export const parts = ${JSON.stringify(parts())}; export const tfjsBytes = ${tfjsBytes()};`
        : undefined,
  };
}

/** tfjs-layers with the WASM backend and its binary, minified and gzipped. */
function tfjsBytes(): number {
  const {outputFiles} = buildSync({
    stdin: {
      contents:
        "export {loadLayersModel} from '@tensorflow/tfjs-layers'; import '@tensorflow/tfjs-backend-wasm';",
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    legalComments: 'none',
    external: ['fs', 'path', 'worker_threads', 'perf_hooks', 'os', 'util', 'crypto'],
    write: false,
    logLevel: 'silent',
  });
  const binary = createRequire(import.meta.url).resolve(
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
  );
  return gzipSync(outputFiles[0].contents).length + gzipSync(readFileSync(binary)).length;
}

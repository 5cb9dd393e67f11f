import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {gzipSync} from 'node:zlib';
import {buildSync} from 'esbuild';
import type {Plugin} from 'vite';
import {parts} from '../../ship/build';

const own = new URL('../own/page/', import.meta.url);

/** Modules generated from pages that wait for a network, and the gzipped bytes of tfjs that a page with a plain model loads. */
const modules: Record<string, () => string> = {
  'virtual:shipped-page': () => `export const parts = ${JSON.stringify(parts())};`,
  'virtual:own-page': () => `export const parts = ${JSON.stringify(parts(own, './network.js'))};`,
  'virtual:tfjs-bytes': () => `export const tfjsBytes = ${tfjsBytes()};`,
};

export function shippedPage(): Plugin {
  return {
    name: 'shipped-page',
    resolveId: (id) => (id in modules ? `\0${id}` : undefined),
    load: (id) => modules[id.slice(1)]?.(),
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

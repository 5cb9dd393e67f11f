import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {InlineConfig, Plugin} from 'vite';
import {mnistFolder} from '../../node/mnist';
import {choices} from './choices';
import {gzipped} from './gzipped';
import {licences} from './licences';
import {writeShards} from './shards';
import {shippedPage} from './shippedPage';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** The default folder of the built page. */
export const SITE = join(root, 'demo', 'out', 'web');

/** Licences go into one file beside the code; warnings about slow plugins are dropped. */
const bundling = {output: {comments: {legal: false}}, checks: {pluginTimings: false}};

/** The Vite configuration: a self-contained folder with relative addresses. */
export function config(out: string): InlineConfig {
  return {
    configFile: false,
    root: join(root, 'demo', 'browser'),
    base: './',
    publicDir: false,
    logLevel: 'warn',
    resolve: {
      alias: [
        {find: /^tfjs-pruning$/, replacement: join(root, 'src', 'index.ts')},
        {find: /^tfjs-pruning\/(storage|wasm)$/, replacement: join(root, 'src', '$1', 'index.ts')},
        {find: /^tfjs-pruning\/(layers|callbacks)$/, replacement: join(root, '$1', 'index.ts')},
      ],
    },
    plugins: [choices(), shippedPage(), licences(root), digits(out)],
    worker: {
      format: 'es',
      plugins: () => [choices(), shippedPage(), gzipped(), withoutThreads()],
      rolldownOptions: bundling,
    },
    build: {
      outDir: out,
      emptyOutDir: true,
      target: 'es2022',
      // Binaries stay files: as text they are larger, and are loaded even if unused.
      assetsInlineLimit: 0,
      // The size of a backend cannot be changed here.
      chunkSizeWarningLimit: 2000,
      rolldownOptions: bundling,
    },
    preview: {host: 'localhost'},
  };
}

/** Writes the digits beside the code. */
function digits(out: string): Plugin {
  return {name: 'digits', writeBundle: () => writeShards(mnistFolder(), out)};
}

/** Leaves out the threaded build of the WASM backend, which the worker never starts. */
function withoutThreads(): Plugin {
  const empty = '\0threads';
  return {
    name: 'without-threads',
    enforce: 'pre',
    resolveId: (id) => (/tfjs-backend-wasm-threaded-simd(\.worker)?\.js$/.test(id) ? empty : undefined),
    load: (id) =>
      id === empty ? "export default undefined; export const wasmWorkerContents = '';" : undefined,
  };
}

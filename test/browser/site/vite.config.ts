import {join} from 'node:path';
import {defineConfig} from 'vite';

export default defineConfig({
  resolve: {alias: {'tfjs-pruning/wasm': join(import.meta.dirname, '../../../src/wasm/index.ts')}},
  logLevel: 'error',
});

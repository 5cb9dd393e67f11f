import {rmSync} from 'node:fs';
import terser from '@rollup/plugin-terser';
import {dts} from 'rollup-plugin-dts';
import esbuild from 'rollup-plugin-esbuild';

const input = {
  index: 'src/index.ts',
  layers: 'layers/index.ts',
  callbacks: 'callbacks/index.ts',
  wasm: 'src/wasm/index.ts',
  storage: 'src/storage/index.ts',
};
const external = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'];

/**
 * A warning (an import cycle, a name exported twice, an import left unresolved) fails the build. Only printed is that
 * a public type mentions one that no entry exports: for a mere alias, of which there are some, that is harmless.
 */
const onLog = (level, log, print) => {
  if (level === 'warn' && !log.message.includes('private shared type')) throw new Error(log.message);
  print(level, log);
};

/**
 * The files that the entries share, so that a class is one class however the entries are mixed. The reader of sparse files
 * is a file of its own, as a page that only loads models needs nothing else. So are the sparse kernels and the channel
 * graph, which are loaded when they are used.
 */
const chunks = {
  backend: /wasm\/(backend|sideModule|lay|sparse\/window)\.ts/,
  sparse: /wasm\/sparse\//,
  reading: /storage\/(read\/|codes|crc32|format)|util\/describe/,
  model: /(model|select|util)\//,
  channels: /channels\//,
  shared: /(?!index\.ts|storage\/index\.ts|wasm\/)/,
};

function manualChunks(id) {
  const [, path] = /[\\/]src[\\/](.*)/.exec(id)?.map((part) => part.replaceAll('\\', '/')) ?? [];
  if (path === undefined) return undefined;
  return Object.keys(chunks).find((name) => new RegExp(`^(${chunks[name].source})`).test(path));
}

const directory = (extension) => ({
  dir: 'dist',
  entryFileNames: `[name].${extension}`,
  chunkFileNames: `[name].${extension}`,
  manualChunks,
});

/** The CommonJS builds of tfjs are compiled ES modules: their names are read as they are, without a copy. */
const interop = 'esModule';

rmSync('dist', {recursive: true, force: true});

export default [
  {
    input,
    external,
    onLog,
    plugins: [esbuild({target: 'es2022'})],
    output: [
      {...directory('js'), format: 'es', sourcemap: true},
      {...directory('cjs'), format: 'cjs', sourcemap: true, interop},
    ],
  },
  {
    input,
    external,
    onLog,
    plugins: [dts()],
    output: [directory('d.ts'), directory('d.cts')],
  },
  {
    // By their public names, so that the command line brings no second copy of the library.
    input: {cli: 'bin/main.ts'},
    external: [...external, 'tfjs-pruning', 'tfjs-pruning/layers', /^node:/],
    onLog,
    plugins: [esbuild({target: 'es2022'})],
    output: {dir: 'dist', format: 'es', banner: '#!/usr/bin/env node'},
  },
  {
    input: 'scripts/umd.ts',
    external,
    onLog,
    plugins: [esbuild({target: 'es2022'}), terser()],
    output: {
      file: 'dist/tfjs-pruning.umd.min.js',
      format: 'umd',
      inlineDynamicImports: true,
      name: 'tfPruning',
      globals: {'@tensorflow/tfjs-core': 'tf', '@tensorflow/tfjs-layers': 'tf'},
      interop,
    },
  },
];

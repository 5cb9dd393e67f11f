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
  graph: 'src/graph/index.ts',
  statistics: 'src/statistics/index.ts',
  metrics: 'src/evaluate/metric/index.ts',
  matrix: 'src/matrix/index.ts',
  runtime: 'src/runtime/index.ts',
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

/** Beside the entries, the files that they share, so that a class is one class however the entries are mixed. */
const directory = (extension) => ({
  dir: 'dist',
  entryFileNames: `[name].${extension}`,
  chunkFileNames: `[name].${extension}`,
  // Imports that are only hoisted, which bundlers warn of, as the files that they name have no side effects.
  hoistTransitiveImports: false,
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
      // A file for each source: of a file that it needs a bundler keeps all that may have side effects. Without source maps, which
      // would be two thirds of the package, as the code is readable.
      {...directory('js'), format: 'es', preserveModules: true},
      {...directory('cjs'), format: 'cjs', interop},
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
    external: [...external, /^tfjs-pruning/, /^node:/],
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
  {
    // For pages without a bundler, which would load `runtime.js` in many requests.
    input: 'src/runtime/index.ts',
    onLog,
    plugins: [esbuild({target: 'es2022'}), terser()],
    output: [
      {file: 'dist/runtime.min.js', format: 'es', inlineDynamicImports: true},
      {
        file: 'dist/runtime.umd.min.js',
        format: 'umd',
        inlineDynamicImports: true,
        name: 'tfPruning',
        // Adds to the global of the whole library.
        extend: true,
      },
    ],
  },
];

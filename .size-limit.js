/** Measures the minified, gzipped ESM that a bundler makes of whole entries; the tfjs peers stay outside. */
const whole = (...entries) =>
  bundled(entries.map((entry, i) => `export * as entry${i} from './dist/${entry}.js';`).join('\n'));

/** Measures the same of a program, without the files that it loads only when it needs them. */
const bundled = (contents) => ({
  gzip: true,
  modifyEsbuildConfig: (config) => ({
    ...config,
    entryPoints: undefined,
    format: 'esm',
    plugins: [lazy],
    stdin: {contents, resolveDir: import.meta.dirname},
  }),
});

const lazy = {
  name: 'lazy',
  setup: ({onResolve}) =>
    onResolve({filter: /^\./}, ({kind, path}) =>
      kind === 'dynamic-import' ? {path, external: true} : undefined,
    ),
};

const mainJob = `
  export {polynomial, report, strip} from './dist/index.js';
  export {prunable, prunableConv2d, prunableDense} from './dist/layers.js';
  export {pruning} from './dist/callbacks.js';
`;

export default [
  {
    name: 'what the main job uses: pruning, strip, report, layers',
    path: ['dist/index.js', 'dist/layers.js', 'dist/callbacks.js'],
    limit: '20.2 kB',
    ...bundled(mainJob),
  },
  {
    name: 'prune alone',
    path: 'dist/index.js',
    limit: '8.6 kB',
    ...bundled(`export {prune} from './dist/index.js';`),
  },
  {
    name: 'report alone',
    path: 'dist/index.js',
    limit: '3.9 kB',
    ...bundled(`export {report} from './dist/index.js';`),
  },
  {
    name: 'tfjs-pruning with /layers and /callbacks',
    path: ['dist/index.js', 'dist/layers.js', 'dist/callbacks.js'],
    limit: '93.4 kB',
    ...whole('index', 'layers', 'callbacks'),
  },
  {
    name: 'what a page that only loads models uses: sparseFile of tfjs-pruning/storage',
    path: 'dist/storage.js',
    limit: '6.45 kB',
    ...bundled(`export {sparseFile} from './dist/storage.js';`),
  },
  {
    name: 'the channel graph that zeros: "mask" loads',
    path: 'dist/src/channels/maskZeros.js',
    limit: '12.2 kB',
    ...whole('src/channels/maskZeros'),
  },
  {
    name: 'the kernels that sparsify loads',
    path: 'dist/src/wasm/sparse/index.js',
    limit: '13 kB',
    ...whole('src/wasm/sparse/index'),
  },
  {
    name: 'what ship loads',
    path: 'dist/src/ship/make.js',
    limit: '40.6 kB',
    ...whole('src/ship/make'),
  },
  {
    name: 'tfjs-pruning/runtime with all kernels',
    path: 'dist/runtime.js',
    limit: '29.4 kB',
    ...whole('runtime'),
  },
  {
    name: 'tfjs-pruning/graph where converted models are only loaded',
    path: 'dist/graph.js',
    limit: '5.85 kB',
    ...whole('graph'),
  },
  {
    name: 'tfjs-pruning/graph with the conversion that toLayersModel loads',
    path: ['dist/graph.js', 'dist/src/graph/convertModel.js'],
    limit: '18.4 kB',
    ...whole('graph', 'src/graph/convertModel'),
  },
  {name: 'tfjs-pruning/wasm', path: 'dist/wasm.js', limit: '24.6 kB', ...whole('wasm')},
  {
    name: 'UMD with everything',
    path: 'dist/tfjs-pruning.umd.min.js',
    limit: '185.1 kB',
    gzip: true,
    disablePlugins: ['@size-limit/esbuild'],
  },
];

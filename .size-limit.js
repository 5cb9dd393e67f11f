/** Measures the minified, gzipped ESM that a bundler makes of whole entries; the tfjs peers stay outside. */
const whole = (...entries) =>
  bundled(entries.map((entry) => `export * as ${entry} from './dist/${entry}.js';`).join('\n'));

/** The same of a program, without what it loads only when it is used. */
const bundled = (contents, ...lazy) => ({
  gzip: true,
  modifyEsbuildConfig: ({entryPoints, ...config}) => ({
    ...config,
    format: 'esm',
    external: [...(config.external ?? []), './sparse.js', ...lazy],
    stdin: {contents, resolveDir: import.meta.dirname},
  }),
});

const mainJob = `
  export {polynomial, report, strip} from './dist/index.js';
  export {prunable, prunableConv2d, prunableDense} from './dist/layers.js';
  export {pruning} from './dist/callbacks.js';
`;

export default [
  {
    name: 'what the main job uses: pruning, strip, report, layers',
    path: ['dist/index.js', 'dist/layers.js', 'dist/callbacks.js'],
    limit: '23 kB',
    ...bundled(mainJob, './channels.js'),
  },
  {
    name: 'tfjs-pruning with /layers and /callbacks',
    path: ['dist/index.js', 'dist/layers.js', 'dist/callbacks.js'],
    limit: '74 kB',
    ...whole('index', 'layers', 'callbacks'),
  },
  {name: 'tfjs-pruning/storage', path: 'dist/storage.js', limit: '5.5 kB', ...whole('storage')},
  {
    name: 'the channel graph that zeros: "mask" loads',
    path: 'dist/channels.js',
    limit: '15.5 kB',
    ...whole('channels'),
  },
  {name: 'the kernels that sparsify loads', path: 'dist/sparse.js', limit: '8 kB', ...whole('sparse')},
  {name: 'tfjs-pruning/wasm', path: 'dist/wasm.js', limit: '11 kB', ...whole('wasm')},
  {
    name: 'UMD with everything',
    path: 'dist/tfjs-pruning.umd.min.js',
    limit: '86 kB',
    gzip: true,
    disablePlugins: ['@size-limit/esbuild'],
  },
];

/** Measures the minified, gzipped ESM that a bundler makes of whole entries; the tfjs peers stay outside. */
const whole = (...entries) => ({
  gzip: true,
  modifyEsbuildConfig: ({entryPoints, ...config}) => ({
    ...config,
    format: 'esm',
    stdin: {
      contents: entries.map((entry) => `export * as ${entry} from './dist/${entry}.js';`).join('\n'),
      resolveDir: import.meta.dirname,
    },
  }),
});

export default [
  {
    name: 'tfjs-pruning with /layers and /callbacks',
    path: ['dist/index.js', 'dist/layers.js', 'dist/callbacks.js'],
    limit: '32 kB',
    ...whole('index', 'layers', 'callbacks'),
  },
  {name: 'tfjs-pruning/wasm', path: 'dist/wasm.js', limit: '8 kB', ...whole('wasm')},
  {
    name: 'UMD with everything',
    path: 'dist/tfjs-pruning.umd.min.js',
    limit: '38 kB',
    gzip: true,
    disablePlugins: ['@size-limit/esbuild'],
  },
];

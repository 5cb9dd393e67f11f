// The UMD build has one global, `tfPruning`, with the names of all entries.
export * from '../callbacks/index';
export * from '../layers/index';
export * from '../src/evaluate/metric/index';
export * from '../src/graph/index';
export * from '../src/index';
export * from '../src/matrix/index';
export * from '../src/runtime/index';
export * from '../src/statistics/index';
export * from '../src/storage/index';
export * from '../src/wasm/index';

// The UMD build has one global, `tfPruning`, with the names of all four entries.
export * from '../callbacks/index';
export * from '../layers/index';
export * from '../src/index';
export * from '../src/wasm/index';

/**
 * The WASM backend: its start, and the gradients that it lacks.
 *
 * @module tfjs-pruning/wasm
 */

export {enableTraining} from './enableTraining';
export {type StartWasmOptions, startWasm} from './startWasm';

// Runs TensorFlow.js on WebAssembly in Node, several times as fast as the cpu backend, with gradients for all layers.
import {fileURLToPath} from 'node:url';
import * as wasm from '@tensorflow/tfjs-backend-wasm';
import {enableTraining, startWasm} from 'tfjs-pruning/wasm';

const paths = fileURLToPath(new URL('.', import.meta.resolve('@tensorflow/tfjs-backend-wasm')));
await startWasm({wasm, paths});
enableTraining();

import {dirname, join} from 'node:path';
import * as module from '@tensorflow/tfjs-backend-wasm';
import {startWasm} from 'tfjs-pruning/wasm';
import {options, type Spec} from './spec';

const paths = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/');

/** Every function of the entry for WASM that takes arguments, by name. */
export const wasmSpecs: Record<string, Spec> = {
  startWasm: {
    run: startWasm,
    args: [
      options(() => ({wasm: module, paths}), {
        wasm: ['nothing'],
        paths: ['nothing', 'a string'],
        threads: ['nothing', 'true'],
      }),
    ],
  },
};

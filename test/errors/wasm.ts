import {dirname, join} from 'node:path';
import * as module from '@tensorflow/tfjs-backend-wasm';
import {enableTraining, startWasm} from 'tfjs-pruning/wasm';
import {none, options, type Spec} from './spec';

const paths = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), '/');

/** Every function of the entry for WASM, by name. */
export const wasmSpecs: Record<string, Spec> = {
  enableTraining: {run: enableTraining, args: none},
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

// Run with --expose-gc and a backend: trains for 2,000 steps with pruning and statistics, and prints the average tensors and
// memory in the second tenth and in the last.

import {createRequire} from 'node:module';
import {dirname} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {channel, contribution, l1, linear, taylor} from 'tfjs-pruning';
import {pruning, sparsityLoss} from 'tfjs-pruning/callbacks';
import {enableTraining} from 'tfjs-pruning/wasm';
import {loadTfjsNode} from '../../demo/node/tfjsNode';
import {convNet, mlp} from '../support/models';

const STEPS = 2000;
const [run] = process.argv.slice(2);

type Seen = Record<string, number>;

/** The start of each backend, its network, and its memory use. */
const runs: Record<string, {start(): Promise<unknown>; make(): tf.Sequential; memory(): Seen}> = {
  wasm: {start: startWasm, make: mlp, memory: wasmMemory},
  'wasm with enableTraining()': {
    start: async () => {
      await startWasm();
      enableTraining();
    },
    make: convNet,
    memory: wasmMemory,
  },
  'tfjs-node': {
    start: async () => {
      loadTfjsNode();
      await tf.setBackend('tensorflow');
    },
    make: convNet,
    memory: () => ({resident: process.memoryUsage().rss}),
  },
};

async function startWasm(): Promise<void> {
  const {resolve} = createRequire(import.meta.url);
  setWasmPaths(`${dirname(resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
}

/** The size of its memory, and the address of a large free block, which leaks move long before the memory grows. */
function wasmMemory(): Seen {
  const {
    wasm,
  }: {
    wasm: {asm: {memory: WebAssembly.Memory}; _malloc(bytes: number): number; _free(address: number): void};
  } = Object(tf.backend());
  const room = wasm._malloc(2 ** 20);
  wasm._free(room);
  return {memory: wasm.asm.memory.buffer.byteLength, room};
}

async function main(): Promise<void> {
  const {start, make, memory} = runs[run];
  await start();
  const model = make();
  model.compile({optimizer: 'adam', loss: 'meanSquaredError', metrics: ['accuracy']});
  const x = tf.randomNormal([400, ...(model.inputs[0].shape.slice(1) as number[])], 0, 1, 'float32', 1);
  const y = tf.randomNormal([400, 3], 0, 1, 'float32', 2);
  const validationData: [tf.Tensor, tf.Tensor] = [x.slice(0, 32), y.slice(0, 32)];

  const tenths: Seen[][] = Array.from({length: 10}, () => []);
  let step = 0;
  class Watch extends tf.Callback {
    override async onBatchEnd() {
      const tenth = Math.floor((10 * step) / STEPS);
      if ((tenth === 1 || tenth === 9) && step % 20 === 0) {
        globalThis.gc?.();
        const {numTensors: tensors, numBytes: bytes} = tf.memory();
        const data = tf.backend().numDataIds();
        tenths[tenth].push({tensors, bytes, data, heap: process.memoryUsage().heapUsed, ...memory()});
      }
      step++;
    }
  }
  const recipe = {unit: 'batch', begin: 0, end: STEPS - 1, every: 20} as const;
  const callbacks = [
    // With enableTraining() a layer lists its remaining weights once they are few enough, so many are pruned from the start.
    pruning({...recipe, schedule: linear({from: 0.4, to: 0.5}), importance: taylor()}),
    pruning({...recipe, schedule: linear({to: 0.4}), importance: contribution(), pattern: channel()}),
    sparsityLoss({penalty: l1(), strength: 1e-4}),
    new Watch(),
  ];
  // The history of a fit holds some tensors per epoch until it ends.
  while (step < STEPS) {
    await model.fit(x, y, {epochs: 1, batchSize: 8, verbose: 0, validationData, callbacks});
  }

  const mean = (seen: Seen[], name: string) => seen.reduce((sum, one) => sum + one[name], 0) / seen.length;
  const names = Object.keys(tenths[1][0]);
  const figures = names.map((name) => [name, [mean(tenths[1], name), mean(tenths[9], name)]]);
  process.stdout.write(JSON.stringify({steps: step, ...Object.fromEntries(figures)}));
}

void main();

// Runs in Chromium: computes sparse products that threads share, and returns where they differ from those of one thread.
import * as tf from '@tensorflow/tfjs';
import {setThreadsCount, setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {prune, sparsify} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import type {WasmBackend} from '../../src/wasm/backend';
import {formsFor} from '../../src/wasm/sparse/form';
import {nonzeros} from '../../src/wasm/sparse/nonzeros';
import {threadsOf} from '../../src/wasm/sparse/sharing';
import {runSparseProduct} from '../../src/wasm/sparse/sparseProduct';
import {Team} from '../../src/wasm/sparse/Team';
import {outputsOf, sizesOf, type Window} from '../../src/wasm/sparse/window';

/** How many jobs were shared. */
let jobs = 0;
const {run} = Team.prototype;
Team.prototype.run = function (...args) {
  jobs++;
  return run.apply(this, args);
};
// Also where the machine is busy, so that it would not pay.
Team.prototype.takes = function () {
  return this.threads > 1;
};

const one: Window = {
  ...{rows: 1, columns: 1, channels: 24, filters: 20, rowStep: 1, columnStep: 1},
  ...{rowDilation: 1, columnDilation: 1, padding: 'valid', isDepthwise: false},
};
const three: Window = {...one, rows: 3, columns: 3, padding: 'same'};

/** Inputs for every loop that is shared: whole tiles and not, several images, steps, dilation, padding, a single row. */
const products: [Window, number[]][] = [
  [one, [160, 24]],
  [one, [2, 7, 7, 24]],
  [three, [1, 30, 17, 24]],
  [three, [3, 9, 9, 24]],
  [{...three, rowStep: 2, columnStep: 3}, [2, 20, 20, 24]],
  [{...three, rowDilation: 2, padding: 'valid'}, [1, 21, 12, 24]],
  [{...three, rows: 1}, [1, 1, 40, 24]],
  [{...three, filters: 1, isDepthwise: true}, [2, 25, 14, 24]],
  [{...three, filters: 1, isDepthwise: true, rowStep: 2, columnStep: 2}, [1, 31, 15, 24]],
  [{...three, filters: 1, isDepthwise: true, padding: 'valid'}, [3, 11, 14, 24]],
];

/** How many outputs differ between one thread and all of them. */
async function differences(): Promise<number> {
  let count = 0;
  for (const [window, shape] of products) {
    const {rows, columns, channels, filters} = window;
    const x = tf.randomNormal(shape, 0, 1, 'float32', 7);
    const noise = tf.randomNormal([rows, columns, channels, filters], 0, 1, 'float32', 8);
    const values = (await tf.mul(noise, tf.greater(tf.abs(noise), 1)).data()) as Float32Array;
    for (const form of formsFor(window, sizesOf(window, shape))) {
      const {words, groups, taken} = nonzeros(values, window, form);
      const bias = tf.randomNormal([outputsOf(window)], 0, 1, 'float32', 9);
      const inputs = {x, nonzeros: tf.tensor(words, [words.length], 'int32'), bias};
      const made = (isShared: boolean) =>
        runSparseProduct(inputs, {window, form, groups, taken, low: -1, high: 2, isShared}).data();
      const expected = await made(false);
      // Several times, as threads come in another order each time.
      for (let i = 0; i < 10; i++) {
        const found = await made(true);
        count += found.filter((value, j) => value !== expected[j]).length;
      }
    }
  }
  return count;
}

/** Waits for a condition. */
async function until(isMet: () => boolean): Promise<void> {
  while (!isMet()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const threads = () => threadsOf(tf.backend() as unknown as WasmBackend);

async function start(): Promise<void> {
  setWasmPaths('/wasm/');
  setThreadsCount(3);
  await tf.setBackend('wasm');
}

async function outcome() {
  jobs = 0;
  return {differences: await differences(), isShared: jobs > 0, threads: threads()};
}

const cases = {
  /** Of three threads. */
  async shared() {
    await start();
    await until(() => threads() === 3);
    return outcome();
  },

  /** Of a backend that is removed while its workers start, and one that is removed later. */
  async restarted() {
    const factory = tf.findBackendFactory('wasm');
    const restart = async () => {
      tf.removeBackend('wasm');
      tf.registerBackend('wasm', factory);
      await start();
      threads();
    };
    await start();
    threads();
    await restart();
    await until(() => threads() === 3);
    await restart();
    await until(() => threads() === 3);
    const found = await outcome();
    tf.removeBackend('wasm');
    return found;
  },

  /** On a page that forbids the workers. */
  async forbidden() {
    await start();
    const policy = document.createElement('meta');
    policy.httpEquiv = 'Content-Security-Policy';
    policy.content = "worker-src 'self'";
    document.head.append(policy);
    threads();
    const refused = new Promise((resolve) => document.addEventListener('securitypolicyviolation', resolve));
    await refused;
    return outcome();
  },

  /** Where the constructor of workers throws. */
  async throwing() {
    await start();
    const tried = new Promise<void>((resolve) => {
      globalThis.Worker = class {
        constructor() {
          resolve();
          throw new Error('no workers');
        }
      } as never;
    });
    threads();
    await tried;
    return outcome();
  },

  /** With workers that claim a call and never make it. */
  async stuck() {
    await start();
    // Behind the words of the team.
    const [claimed, never] = [126, 127];
    const source = `onmessage = ({data: [, memory, address]}) => {
      const words = new Int32Array(memory.buffer, address, 128);
      Atomics.add(words, 2, 1);
      while (Atomics.sub(words, 16, 1) <= 0);
      Atomics.store(words, ${claimed}, 1);
      Atomics.wait(words, ${never}, 0);
    }`;
    const {Worker} = globalThis;
    const url = URL.createObjectURL(new Blob([source]));
    let words = new Int32Array(128);
    globalThis.Worker = class extends Worker {
      constructor() {
        super(url);
      }
      override postMessage(message: [WebAssembly.Module, WebAssembly.Memory, number]) {
        const [, {buffer}, address] = message;
        words = new Int32Array(buffer, address, 128);
        super.postMessage(message);
      }
    };
    threads();
    await until(() => threads() === 3);
    let found = await outcome();
    // On a busy machine one thread may make all calls before the others claim one.
    while (found.differences === 0 && Atomics.load(words, claimed) === 0) found = await outcome();
    return found;
  },

  /** A whole model: the plan changes when the workers are ready, and so do the values of no output. */
  async model() {
    await start();
    const {conv2d, depthwiseConv2d} = tf.layers;
    const layers = [
      conv2d({filters: 64, kernelSize: 3, padding: 'same', inputShape: [40, 40, 16]}),
      depthwiseConv2d({kernelSize: 3, padding: 'same'}),
      conv2d({filters: 64, kernelSize: 1}),
    ];
    const model = await prunable(tf.sequential({layers}));
    await prune(model, 0.95, {where: () => true});
    const fast = await sparsify(model);
    const x = tf.randomNormal([2, 40, 40, 16], 0, 1, 'float32', 5);
    const outputs = async () => [...(await (fast.predict(x) as tf.Tensor).data())];
    const before = await outputs();
    await until(() => threads() === 3);
    const {numTensors} = tf.memory();
    jobs = 0;
    const after = await outputs();
    const largest = after.reduce((most, value, i) => Math.max(most, Math.abs(value - before[i])), 0);
    return {largest, isShared: jobs > 0, leaked: tf.memory().numTensors - numTensors - 1};
  },
};

Object.assign(globalThis, cases);

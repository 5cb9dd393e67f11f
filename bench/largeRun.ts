// One row of large.ts in its own process: prints {"nanoseconds", "bytes"}, both per weight.
import {writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {
  block,
  channel,
  compact,
  erdosRenyi,
  global,
  nOfM,
  prune,
  type Recipe,
  report,
  sparsify,
  strip,
  type Target,
  threshold,
  uniform,
} from 'tfjs-pruning';
import {prunableDense} from 'tfjs-pruning/layers';

const OUTPUTS = 4096;

const recipes = {
  global: [0.9, {allocation: global()}],
  uniform: [0.9, {allocation: uniform()}],
  erdosRenyi: [0.9, {allocation: erdosRenyi()}],
  threshold: [threshold(0.9), {}],
  channel: [0.9, {pattern: channel(), where: () => true}],
  block: [0.9, {pattern: block(1, 4), allocation: global()}],
  nOfM: [0.5, {pattern: nOfM({n: 2, m: 4})}],
  again: [0.9, {allocation: global()}],
} as const satisfies Record<string, readonly [Target, Recipe]>;

const tasks = {prune: undefined, strip, compact, sparsify, report};

/** The settings of a row. */
export interface Run {
  readonly backend: 'cpu' | 'wasm';
  /** The number of weights of the layer. */
  readonly size: number;
  readonly recipe: keyof typeof recipes;
  readonly task: keyof typeof tasks;
}

const {backend, size, recipe, task}: Run = JSON.parse(process.argv[2]);
setWasmPaths(join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')), '/'));
await tf.setBackend(backend);

const [target, given] = recipes[recipe];
const pruned = (model: tf.LayersModel) => prune(model, target, given);
const work = tasks[task] ?? pruned;

// A small layer first, as a warm-up.
const small = layerOf(2 ** 16);
await pruned(small);
await work(small);

const model = layerOf(size);
if (recipe === 'again') await prune(model, 0.5);
if (task !== 'prune') await pruned(model);
await collectGarbage();
const before = process.memoryUsage.rss();
forgetPeak();
const start = process.cpuUsage();
const result = await work(model);
const {user, system} = process.cpuUsage(start);
const bytes = process.resourceUsage().maxRSS * 1024 - before;
console.log(JSON.stringify({nanoseconds: ((user + system) * 1000) / size, bytes: bytes / size}));
// Keeps the results alive until here.
process.exit(result === undefined ? 1 : 0);

function layerOf(weights: number): tf.LayersModel {
  const shape: [number, number] = [weights / OUTPUTS, OUTPUTS];
  const layer = prunableDense({
    units: OUTPUTS,
    useBias: false,
    inputShape: [shape[0]],
    kernelInitializer: 'zeros',
  });
  const made = tf.sequential({layers: [layer]});
  const values = new Float32Array(weights);
  for (let i = 0; i < weights; i++) values[i] = Math.random() + Math.random() - 1;
  const [kernel] = layer.weights;
  tf.tidy(() => {
    kernel.write(tf.tensor2d(values, shape));
  });
  return made;
}

async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Resets the peak on Linux; elsewhere it remains that of the whole process, an upper bound. */
function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {}
}

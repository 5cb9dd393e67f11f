import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {gzipSync} from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import {prune, ship, sparsify, strip} from 'tfjs-pruning';
import {networks} from '../demo/networks';
import {onnxRuntime} from './onnxRuntime';
import {assertEqual, predicted, repeated} from './predictions';
import {type Figure, ratio, time} from './ratio';

/** How often a prediction is repeated, as a single one takes less time than to measure it. */
const TIMES = 200;

/** Shipped modules: their sizes, and the times of whole predictions of one example of LeNet-300-100. */
export async function shipping(rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, sparsity, goal] of [
    ['conv', 0.9, '<= 12.5'],
    ['mlp', 0.98, ''],
    ['lenet5', 0.95, ''],
  ] as const) {
    const model = networks[name]([28, 28, 1], 10, 1);
    await prune(model, sparsity);
    const text = await ship(model, {values: 'int8'});
    figures.push({
      name: `ship: module, gzip / 1 kB, ${sparsity * 100} %, int8, ${name} of the demo`,
      ratio: gzipSync(text, {level: 9}).length / 1000,
      goal,
    });
    model.dispose();
  }
  return [...figures, ...(await times(Math.ceil(rounds / 5)))];
}

async function times(rounds: number): Promise<Figure[]> {
  const model = networks.mlp([28, 28, 1], 10, 1);
  await prune(model, 0.98);
  const [plain, fast] = [await strip(model), await sparsify(model)];
  const predict = await imported(await ship(model));
  const x = tf.randomUniform([1, 28, 28, 1]) as tf.Tensor4D;
  const values = x.dataSync<'float32'>().slice();
  const result = new Float32Array(10);
  const shipped = () => predict(values, result);
  const onnx = await onnxRuntime(plain, x);
  const others: {name: string; run: () => Float32Array | Promise<Float32Array>; goal: string}[] = [
    {name: 'sparsify', run: predicted(fast, x), goal: '>= 7'},
    {name: 'plain', run: predicted(plain, x), goal: ''},
    ...(onnx ? [{name: 'onnxruntime-web', run: onnx, goal: '>= 8'}] : []),
  ];
  const about = '98 %, batch 1, LeNet-300-100';
  const each = await time(repeated(shipped, TIMES), rounds);
  const figures: Figure[] = [
    {name: `ship: time of the module / 1 µs, ${about}`, ratio: (each * 1000) / TIMES, goal: '<= 3'},
  ];
  for (const {name, run, goal} of others) {
    assertEqual(await run(), shipped(), name);
    figures.push({
      name: `ship: time ${name} / module, ${about}`,
      ratio: await ratio(repeated(run, TIMES), repeated(shipped, TIMES), rounds),
      goal,
    });
  }
  x.dispose();
  for (const one of [model, plain, fast]) one.dispose();
  return figures;
}

/** The function `predict` of a module. */
async function imported(text: string): Promise<(input: Float32Array, output: Float32Array) => Float32Array> {
  const folder = mkdtempSync(join(tmpdir(), 'ship-'));
  try {
    const path = join(folder, 'net.mjs');
    writeFileSync(path, text);
    return (await import(pathToFileURL(path).href)).predict;
  } finally {
    rmSync(folder, {recursive: true});
  }
}

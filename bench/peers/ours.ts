import {gzipSync} from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import {channel, compact, encode, global, norm, prune, type Recipe, report, strip} from 'tfjs-pruning';
import {sizesOf} from '../../demo/node/files';
import type {Examples} from '../../demo/node/mnist';
import {accuracyOn} from '../accuracy/data';
import {median, ratio, time} from '../ratio';
import {compiled, examples} from '../step';
import {
  inputShape,
  type Method,
  type NetworkName,
  networkOf,
  type Timed,
  type Trained,
  type Training,
} from './settings';

/** Magnitudes are the default; for channels the L2 norm, as in Torch-Pruning. */
const recipes: Readonly<Record<Method, Recipe>> = {
  dense: {},
  magnitude: {},
  global: {allocation: global()},
  channels: {pattern: channel(), importance: norm({p: 2})},
};

/** Trains and prunes by this library, in the loop that the other libraries run. @param orders The order of the images by epoch. */
export async function train(
  {name, method, batch, rate, updates}: Omit<Training, 'initial' | 'order' | 'mnist'>,
  seed: number,
  orders: readonly Int32Array[],
  training: Examples,
  test: Examples,
): Promise<Trained> {
  const model = networkOf(name, seed);
  const optimizer = tf.train.adam(rate);
  model.compile({optimizer, loss: 'categoricalCrossentropy'});
  const targets = new Map(updates);
  let step = 0;
  for (const order of orders) {
    for (let from = 0; from + batch <= order.length; from += batch, step++) {
      const rows = tf.tensor1d(order.subarray(from, from + batch), 'int32');
      const [x, y] = [tf.gather(training.x, rows), tf.gather(training.y, rows)];
      await model.trainOnBatch(x, y);
      tf.dispose([rows, x, y]);
      const target = targets.get(step);
      if (target !== undefined) await prune(model, target, recipes[method]);
    }
  }
  const result = {accuracy: accuracyOn(model, test), ...(await shipped(model, method))};
  optimizer.dispose();
  model.dispose();
  return result;
}

/** The count of weights, and the file: of a dense network the weights as tfjs saves them, otherwise a sparse file. */
async function shipped(model: tf.LayersModel, method: Method): Promise<Omit<Trained, 'accuracy'>> {
  const plain = await (method === 'channels' ? compact(model) : strip(model));
  const {kept} = report(plain).total;
  if (method === 'dense') {
    const {raw, gzip} = await sizesOf(plain);
    plain.dispose();
    return {kept, format: 'bin', bytes: raw, gzipBytes: gzip};
  }
  const file = await encode(plain);
  plain.dispose();
  return {kept, format: 'tfsp', bytes: file.length, gzipBytes: gzipSync(file, {level: 9}).length};
}

/** The times of a step and of an update. */
export async function clock(
  name: NetworkName,
  method: Method,
  sparsity: number,
  batch: number,
  rounds: number,
): Promise<Timed> {
  const updates = [];
  for (let i = 0; i < 6; i++) {
    const fresh = networkOf(name, i);
    const start = performance.now();
    await prune(fresh, sparsity, recipes[method]);
    if (method === 'channels') (await compact(fresh)).dispose();
    updates.push((performance.now() - start) / 1000);
    fresh.dispose();
  }
  const masked = networkOf(name, 1);
  await prune(masked, sparsity, recipes[method]);
  const dense = compiled(await strip(masked));
  const other = compiled(method === 'channels' ? await compact(masked) : masked);
  const {x, y} = examples(batch, inputShape);
  const [a, b] = [() => other.trainOnBatch(x, y), () => dense.trainOnBatch(x, y)];
  const timed = {
    stepRatio: await ratio(a, b, rounds),
    stepMs: await time(a, rounds),
    denseStepMs: await time(b, rounds),
    updateSeconds: median(updates.slice(1)),
  };
  tf.dispose([x, y]);
  for (const model of new Set([masked, dense, other])) model.dispose();
  return timed;
}

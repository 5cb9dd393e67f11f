import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {decode, sparsify} from 'tfjs-pruning';
import {median} from '../ratio';
import type {Cell} from './grid';

/** The times of a prediction for one example, a line of bench/results/times.jsonl. */
export interface Time {
  /** The run whose network was measured. */
  readonly id: string;
  readonly rounds: number;
  /** Medians in milliseconds: of the dense network, after `compact`, and after `compact` and `sparsify`. */
  readonly ms: {readonly dense: number; readonly compact: number; readonly sparse: number};
  /** Time of the dense network over that of the others, interleaved. */
  readonly faster: {readonly compact: number; readonly sparse: number};
}

/** Measures the network of a run; undefined if it or its dense network is not in the folder. */
export async function timeOf(
  {id, network, seed}: Cell,
  out: string,
  rounds: number,
): Promise<Time | undefined> {
  const files = [`${network}/dense/0/${seed}`, id].map((name) =>
    join(out, 'models', `${name.replaceAll('/', ' ')}.sparse`),
  );
  if (!files.every(existsSync)) return undefined;
  const [dense, compacted] = await Promise.all(files.map(async (file) => decode(await readFile(file))));
  const sparse = await sparsify(compacted);
  const shape = dense.inputs[0].shape.slice(1) as number[];
  // Word indices are whole numbers; pixels may be.
  const x = tf.tidy(() => tf.cast(tf.randomUniform([1, ...shape], 0, 2, 'int32', 1), 'float32'));
  const models = [dense, compacted, sparse];
  const predict = (model: tf.LayersModel) => () =>
    tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync<'float32'>()[0]);
  const [all, few, fast] = interleaved(models.map(predict), rounds);
  const result = {
    id,
    rounds,
    ms: {dense: median(all), compact: median(few), sparse: median(fast)},
    faster: {compact: medianRatio(all, few), sparse: medianRatio(all, fast)},
  };
  tf.dispose(x);
  for (const model of models) model.dispose();
  return result;
}

/** How long a function is called in a round at least, in milliseconds: a single call is too short to measure. */
const LEAST = 5;

/** The milliseconds of a call of each function, by round. In a round they run one after another, so that other load affects all. */
function interleaved(functions: readonly (() => unknown)[], rounds: number): number[][] {
  const calls = functions.map((run) => {
    // Enough calls to compile the code.
    for (let i = 0; i < 20; i++) run();
    return Math.ceil(LEAST / milliseconds(run, 20));
  });
  const times: number[][] = functions.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of functions.entries()) times[i].push(milliseconds(run, calls[i]));
  }
  return times;
}

/** The mean time of some calls. */
function milliseconds(run: () => unknown, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) run();
  return (performance.now() - start) / calls;
}

const medianRatio = (a: readonly number[], b: readonly number[]): number =>
  median(a.map((value, i) => value / b[i]));

import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {decode, sparsify} from 'tfjs-pruning';
import {ratio, time} from '../ratio';
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
  const predict = (model: tf.LayersModel) => () =>
    tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync<'float32'>()[0]);
  const [all, few, fast] = [dense, compacted, sparse].map(predict);
  const result = {
    id,
    rounds,
    ms: {dense: await time(all, rounds), compact: await time(few, rounds), sparse: await time(fast, rounds)},
    faster: {compact: await ratio(all, few, rounds), sparse: await ratio(all, fast, rounds)},
  };
  tf.dispose(x);
  for (const model of [dense, compacted, sparse]) model.dispose();
  return result;
}

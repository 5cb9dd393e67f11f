import * as tf from '@tensorflow/tfjs';
import {compactReport, encode, report} from 'tfjs-pruning';
import {table} from '../../src/util/table';
import {sizesOf} from './files';
import type {Examples} from './mnist';
import {percent} from './progress';

/** How often each model is timed, and a limit for the total time in milliseconds. */
const ROUNDS = 9;
const PATIENCE = 5000;

interface Models {
  /** With masks. */
  readonly model: tf.LayersModel;
  /** Before pruning. */
  readonly dense: tf.LayersModel;
  readonly pruned: tf.LayersModel;
  /** Without the pruned channels. */
  readonly small?: tf.LayersModel;
}

/** A table of accuracy and sizes before and after pruning. */
export async function comparison({model, dense, pruned, small}: Models, test: Examples): Promise<string> {
  const shipped = small ?? pruned;
  const {weights, total} = report(model);
  const [before, after] = [await sizesOf(dense), await sizesOf(shipped)];
  const [lossless, rounded] = [await encode(shipped), await encode(shipped, {values: 'int8'})];
  const parameters = dense.countParams();
  return table([
    ['', 'before', 'after', ''],
    ['accuracy on test images', percent(accuracy(dense, test)), percent(accuracy(pruned, test)), ''],
    ...weights.map((row) => [row.name, count(row.size), count(row.kept), `${percent(row.sparsity)} sparse`]),
    ['all weights', count(total.size), count(total.kept), `${percent(total.sparsity)} sparse`],
    ['parameters, with biases', count(parameters), count(parameters - total.size + total.kept), ''],
    ...(small ? removed(small) : []),
    ['weights.bin, bytes', count(before.raw), count(after.raw), ''],
    ['weights.bin, bytes gzipped', count(before.gzip), count(after.gzip), ratio(before.gzip, after.gzip)],
    ['sparse file with topology', '', count(lossless.length), ratio(before.raw, lossless.length)],
    ['sparse file, int8', '', count(rounded.length), ratio(before.raw, rounded.length)],
  ]);
}

/** The reductions by `compact`, as rows of the table. */
function removed(small: tf.LayersModel): string[][] {
  const {before, after, layers} = compactReport(small);
  return [
    ...layers.map((row) => [`channels of ${row.layer}`, count(row.before), count(row.after), 'removed']),
    ['parameters after removal', count(before.parameters), count(after.parameters), ''],
    ['multiplications per image', count(before.macs), count(after.macs), ''],
  ];
}

/** The median time of each model for 1,000 images, measured in turns. */
export async function milliseconds(
  models: Record<string, tf.LayersModel | undefined>,
  {x}: Examples,
): Promise<[how: string, time: number][]> {
  const batch = x.slice(0, Math.min(1000, x.shape[0]));
  const runs = Object.entries(models).flatMap(([how, model]) =>
    model ? [{how, model, times: [] as number[]}] : [],
  );
  const started = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    if (round > 0 && performance.now() - started > PATIENCE) break;
    for (const {model, times} of runs) {
      const start = performance.now();
      const output = model.predict(batch) as tf.Tensor;
      await output.data();
      times.push(performance.now() - start);
      output.dispose();
    }
  }
  batch.dispose();
  return runs.map(({how, times}) => [how, times.sort((a, b) => a - b)[Math.floor(times.length / 2)]]);
}

function accuracy(model: tf.LayersModel, {x, y}: Examples): number {
  return tf.tidy(() => {
    const [, correct] = model.evaluate(x, y, {batchSize: 500}) as tf.Scalar[];
    return correct.dataSync()[0];
  });
}

function ratio(before: number, after: number): string {
  return `${(before / after).toFixed(1)} times smaller`;
}

const count = (value: number) => value.toLocaleString('en');

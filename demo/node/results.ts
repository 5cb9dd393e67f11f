import * as tf from '@tensorflow/tfjs';
import {compactReport, decode, encode, type Report, report} from 'tfjs-pruning';
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
  readonly before: Report;
  readonly pruned: tf.LayersModel;
  /** Without the pruned channels. */
  readonly small?: tf.LayersModel;
  /** The model with masks, if channels were removed before it was pruned further. */
  readonly narrow?: tf.LayersModel;
  /** The bits of quantized weights. */
  readonly bits?: number;
}

/** A table of accuracy and sizes before and after pruning. */
export async function comparison(models: Models, test: Examples): Promise<string> {
  const {model, dense, pruned, small, bits} = models;
  const shipped = small ?? pruned;
  const sizes = models.before;
  const {weights, total} = report(model);
  const [before, after] = [await sizesOf(dense), await sizesOf(shipped)];
  const [lossless, rounded] = [await encode(shipped), await encode(shipped, {values: 'int8'})];
  const parameters = dense.countParams();
  return table([
    ['', 'before', 'after', ''],
    ['accuracy on test images', percent(accuracy(dense, test)), percent(accuracy(pruned, test)), ''],
    ...weights.map(({name, kept}, i) => sparse(name, sizes.weights[i].size, kept)),
    sparse('all weights', sizes.total.size, total.kept),
    ['parameters, with biases', count(parameters), count(pruned.countParams() - total.size + total.kept), ''],
    ...removed(small ?? models.narrow),
    ['weights.bin, bytes', count(before.raw), count(after.raw), ''],
    ['weights.bin, bytes gzipped', count(before.gzip), count(after.gzip), ratio(before.gzip, after.gzip)],
    ['sparse file with topology', '', count(lossless.length), ratio(before.raw, lossless.length)],
    ['sparse file, int8', '', count(rounded.length), ratio(before.raw, rounded.length)],
    ...(bits === undefined ? [] : await quantizedFile(shipped, bits, before.raw, test)),
  ]);
}

/** A row with the count of a weight's elements before and after pruning. */
function sparse(name: string, size: number, kept: number): string[] {
  return [name, count(size), count(kept), `${percent(1 - kept / size)} sparse`];
}

/** The file of quantized weights, with the accuracy of the model that is loaded from it. */
async function quantizedFile(
  model: tf.LayersModel,
  bits: number,
  before: number,
  test: Examples,
): Promise<string[][]> {
  const file = await encode(model, {values: {bits}});
  const decoded = await decode(file);
  decoded.compile({optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  return [
    [`sparse file, ${bits} bits`, '', count(file.length), ratio(before, file.length)],
    ['accuracy after decoding it', '', percent(accuracy(decoded, test)), ''],
  ];
}

/** The reductions by `compact`, as rows of the table; none if channels were not pruned. */
function removed(small: tf.LayersModel | undefined): string[][] {
  if (small === undefined) return [];
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

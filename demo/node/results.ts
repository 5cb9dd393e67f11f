import * as tf from '@tensorflow/tfjs';
import {compactReport, decode, encode, type Report, report} from 'tfjs-pruning';
import {sizesOf} from './files';
import type {Examples} from './mnist';
import {count, type Group, percent} from './text';

/** How often each model is timed, and a limit for the total time in milliseconds. */
const ROUNDS = 9;
const PATIENCE = 5000;

type Row = Group['rows'][number];

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

/** Accuracy and sizes before and after pruning. */
export async function comparison(models: Models, test: Examples): Promise<Group[]> {
  const {model, dense, pruned, small, bits} = models;
  const shipped = small ?? pruned;
  const {weights, total} = report(model);
  const [before, after] = [await sizesOf(dense), await sizesOf(shipped)];
  const [lossless, rounded] = [await encode(shipped), await encode(shipped, {values: 'int8'})];
  const parameters = dense.countParams();
  const quantized = bits === undefined ? undefined : await quantizedFile(shipped, bits, test);
  return [
    {
      title: 'Accuracy',
      rows: [
        [
          `on ${count(test.x.shape[0])} test images`,
          percent(accuracy(dense, test)),
          percent(accuracy(pruned, test)),
          '',
        ],
        ...(quantized ? [[`quantized to ${bits} bits`, '', percent(quantized.accuracy), ''] as Row] : []),
      ],
    },
    {
      title: 'Size',
      rows: [
        ...weights.map(({name, kept}, i) => sparse(name, models.before.weights[i].size, kept)),
        sparse('all weights', models.before.total.size, total.kept),
        [
          'parameters, with biases',
          count(parameters),
          count(pruned.countParams() - total.size + total.kept),
          '',
        ],
        ...removed(small ?? models.narrow),
        ['weights.bin, bytes', count(before.raw), count(after.raw), ''],
        [
          'weights.bin, gzipped',
          count(before.gzip),
          count(after.gzip),
          ratio(before.gzip, after.gzip, 'smaller'),
        ],
        [
          'sparse file with topology',
          '',
          count(lossless.length),
          ratio(before.raw, lossless.length, 'smaller'),
        ],
        ['sparse file, int8', '', count(rounded.length), ratio(before.raw, rounded.length, 'smaller')],
        ...(quantized
          ? [
              [
                `sparse file, ${bits} bits`,
                '',
                count(quantized.bytes),
                ratio(before.raw, quantized.bytes, 'smaller'),
              ] as Row,
            ]
          : []),
      ],
    },
  ];
}

/** A row with the count of a weight's elements before and after pruning. */
function sparse(name: string, size: number, kept: number): Row {
  return [name, count(size), count(kept), `${percent(1 - kept / size)} sparse`];
}

/** The bytes of the file of quantized weights, and the accuracy of the model that is loaded from it. */
async function quantizedFile(model: tf.LayersModel, bits: number, test: Examples) {
  const file = await encode(model, {values: {bits}});
  const decoded = await decode(file);
  decoded.compile({optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  return {bytes: file.length, accuracy: accuracy(decoded, test)};
}

/** The reductions by `compact`; none if channels were not pruned. */
function removed(small: tf.LayersModel | undefined): Row[] {
  if (small === undefined) return [];
  const {before, after, layers} = compactReport(small);
  return [
    ...layers.map(({layer, before, after}): Row => [`channels of ${layer}`, count(before), count(after), '']),
    ['parameters of compact()', count(before.parameters), count(after.parameters), ''],
    ['multiplications per image', count(before.macs), count(after.macs), ''],
  ];
}

/** The median times of models for 1,000 images, measured in turns. */
export async function speed(
  {dense, ...others}: {dense: tf.LayersModel} & Record<string, tf.LayersModel | undefined>,
  {x}: Examples,
  backend: string,
): Promise<Group> {
  const batch = x.slice(0, Math.min(1000, x.shape[0]));
  const runs = Object.entries({dense, ...others}).flatMap(([how, model]) =>
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
  const [[, before], ...after] = runs.map(({how, times}) => [how, median(times)] as const);
  const milliseconds = (value: number) => `${value.toFixed(0)} ms`;
  return {
    title: `Speed, ${count(batch.shape[0])} images on ${backend}`,
    rows: [
      ['all weights', milliseconds(before), '', ''],
      ...after.map(([how, time]): Row => [how, '', milliseconds(time), ratio(before, time, 'faster')]),
    ],
  };
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function accuracy(model: tf.LayersModel, {x, y}: Examples): number {
  return tf.tidy(() => {
    const [, correct] = model.evaluate(x, y, {batchSize: 500}) as tf.Scalar[];
    return correct.dataSync()[0];
  });
}

function ratio(before: number, after: number, how: string): string {
  return `${(before / after).toFixed(1)} times ${how}`;
}

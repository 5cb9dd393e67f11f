// The main job: train a network on MNIST, prune it inside the same model.fit, and ship a plain model.
import {join, relative} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {type CompactModel, compact, encode, global, polynomial, report, sparsify, strip} from 'tfjs-pruning';
import {pruning, sparsityLoss} from 'tfjs-pruning/callbacks';
import {table} from '../../src/util/table';
import {networks} from '../networks';
import {shuffled} from '../shuffled';
import {startBackend} from './backend';
import {folder, sizesOf} from './files';
import {type Examples, readExamples} from './mnist';
import {type Options, parseOptions} from './options';
import {percent, progress} from './progress';

const BATCH = 64;
const INTERRUPTED = 130;
/** How often each model is timed, and a limit for the total time in milliseconds. */
const ROUNDS = 9;
const PATIENCE = 5000;
/** The defaults, which are not printed. */
const PLAIN = ['magnitude()', 'element()'];

try {
  await main(parseOptions(process.argv));
} catch (error) {
  console.error(`demo: ${(error as Error).message}`);
  process.exitCode = 1;
}

async function main(options: Options): Promise<void> {
  const {model: name, sparsity, epochs, samples, importance, pattern, penalty, data, out, seed} = options;
  // Magnitudes are comparable across layers, which makes 90 % of all weights possible.
  const byMagnitude = [importance, pattern].every(({text}) => PLAIN.includes(text));
  const {strength, proximal} = options;
  const draw = penalty ? [sparsityLoss({penalty: penalty.part, strength, proximal})] : [];
  const started = performance.now();
  await startBackend(options.backend);

  const train = readExamples(data, 'train', (count) => shuffled(count, seed).slice(0, samples));
  const test = readExamples(data, 't10k');
  const model = networks[name](train.x.shape.slice(1), train.y.shape[1], seed);
  model.compile({
    optimizer: proximal ? tf.train.sgd(0.1) : tf.train.adam(0.002),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });

  // A quarter of the run to learn, half to prune gradually, a quarter to recover.
  const steps = epochs * Math.ceil(train.x.shape[0] / BATCH);
  const [begin, end] = [Math.floor(steps / 4), Math.floor((steps * 3) / 4)];
  const pruner = pruning({
    schedule: polynomial({to: sparsity}),
    importance: importance.part,
    pattern: pattern.part,
    allocation: options.allocation?.part ?? (byMagnitude ? global() : undefined),
    unit: 'batch',
    begin,
    end,
    every: Math.ceil(steps / 100),
  });
  let dense: tf.LayersModel | undefined;
  const keepDense = beforeBatch(begin, async () => {
    dense = await strip(model);
  });
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    // fit of a Sequential runs on its inner model, which is the one that callbacks get.
    pruner.model.stopTraining = true;
  };
  process.once('SIGINT', interrupt);

  const parts = [importance.text, pattern.text, options.allocation?.text].filter(
    (text) => text !== undefined,
  );
  const by = parts.every((text) => PLAIN.includes(text)) ? '' : ` by ${parts.join(', ')}`;
  const drawn = penalty ? ` with ${proximal ? 'proximal ' : ''}${penalty.text} × ${strength}` : '';
  const action = pattern.part.select ? 'pruning' : `pruning ${percent(sparsity)}`;
  console.log(
    `Training ${name} on ${train.x.shape[0]} images in ${steps} steps on ${options.backend}, ${action}${by}${drawn}`,
  );
  await model.fit(train.x, train.y, {
    batchSize: BATCH,
    epochs,
    // Already in an order that depends on the seed, unlike that of fit.
    shuffle: false,
    verbose: 0,
    callbacks: [keepDense, ...draw, pruner, progress(pruner, steps / epochs)],
  });
  // The rest of the program does not yield, and so would not see the flag.
  process.off('SIGINT', interrupt);
  if (interrupted || dense === undefined) {
    console.error('demo: interrupted, so nothing was saved');
    process.exitCode = INTERRUPTED;
    return;
  }

  const pruned = await strip(model);
  // After pruning channels, ship the network without them, which has the same outputs.
  const small = pattern.part.tie ? await compact(model) : undefined;
  await (small ?? pruned).save(folder(out));
  const {weights, total} = report(model);
  const [before, after] = [await sizesOf(dense), await sizesOf(small ?? pruned)];
  const [lossless, rounded] = [
    await encode(small ?? pruned),
    await encode(small ?? pruned, {values: 'int8'}),
  ];
  const count = (value: number) => value.toLocaleString('en');
  const parameters = dense.countParams();
  console.log(
    table([
      ['', 'before', 'after', ''],
      ['accuracy on test images', percent(accuracy(dense, test)), percent(accuracy(pruned, test)), ''],
      ...weights.map((row) => [
        row.name,
        count(row.size),
        count(row.kept),
        `${percent(row.sparsity)} sparse`,
      ]),
      ['all weights', count(total.size), count(total.kept), `${percent(total.sparsity)} sparse`],
      ['parameters, biases too', count(parameters), count(parameters - total.size + total.kept), ''],
      ...(small ? removed(small) : []),
      ['weights.bin, bytes', count(before.raw), count(after.raw), ''],
      ['weights.bin, bytes gzipped', count(before.gzip), count(after.gzip), ratio(before.gzip, after.gzip)],
      ['sparse file, model and all', '', count(lossless.length), ratio(before.raw, lossless.length)],
      ['sparse file, int8', '', count(rounded.length), ratio(before.raw, rounded.length)],
    ]),
  );
  for (const {name, reason} of pruner.results.at(-1)?.skipped ?? []) {
    console.log(`${name} is unchanged: ${reason}`);
  }
  const times = await milliseconds(
    {dense: pruned, compact: small, sparse: await sparsify(small ?? pruned)},
    test,
  );
  console.log(`1,000 images take ${times.map(([how, time]) => `${time.toFixed(0)} ms ${how}`).join(', ')}`);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `Saved ${relative(process.cwd(), join(out, 'model.json'))}, which plain tfjs loads, after ${seconds} s`,
  );
}

/** The reductions by `compact`, as rows of the table. */
function removed({compacted: {before, after, layers}}: CompactModel): string[][] {
  const count = (value: number) => value.toLocaleString('en');
  return [
    ...layers.map((row) => [`channels of ${row.layer}`, count(row.before), count(row.after), 'removed']),
    ['parameters after removal', count(before.parameters), count(after.parameters), ''],
    ['multiplications per image', count(before.macs), count(after.macs), ''],
  ];
}

/** The median time of each model for 1,000 images, measured in turns. */
async function milliseconds(
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

/** A callback that acts before one batch, counted over all epochs. */
function beforeBatch(batch: number, act: () => Promise<void>): tf.CustomCallback {
  let batches = 0;
  return new tf.CustomCallback({
    onBatchBegin: async () => {
      if (batches++ === batch) {
        await act();
      }
    },
  });
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

import * as tf from '@tensorflow/tfjs';
import {global, polynomial, strip} from 'tfjs-pruning';
import {type Pruning, pruning, sparsityLoss} from 'tfjs-pruning/callbacks';
import {networks} from '../networks';
import type {Examples} from './mnist';
import type {Options} from './options';
import {percent, progress} from './progress';

const BATCH = 64;
/** The defaults, which are not printed. */
const PLAIN = ['magnitude()', 'element()'];

/** A trained and pruned network, and the dense one from the moment before pruning began. */
export interface Trained {
  readonly model: tf.LayersModel;
  readonly dense: tf.LayersModel;
  readonly pruner: Pruning;
}

/** Trains a network on examples and prunes it in the same fit; undefined if the user interrupted it. */
export async function train(options: Options, {x, y}: Examples): Promise<Trained | undefined> {
  const {penalty, strength, proximal, epochs, seed} = options;
  const model = networks[options.model](x.shape.slice(1), y.shape[1], seed);
  model.compile({
    optimizer: proximal ? tf.train.sgd(0.1) : tf.train.adam(0.002),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  // A quarter of the run to learn, half to prune gradually, a quarter to recover.
  const steps = epochs * Math.ceil(x.shape[0] / BATCH);
  const begin = Math.floor(steps / 4);
  const pruner = prunerOf(options, steps, begin);
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
  console.log(
    `Training ${options.model} on ${x.shape[0]} images in ${steps} steps on ${options.backend}, ${methodOf(options)}`,
  );
  await model.fit(x, y, {
    batchSize: BATCH,
    epochs,
    // Already in an order that depends on the seed, unlike that of fit.
    shuffle: false,
    verbose: 0,
    callbacks: [
      keepDense,
      ...(penalty ? [sparsityLoss({penalty: penalty.part, strength, proximal})] : []),
      pruner,
      progress(pruner, steps / epochs),
    ],
  });
  // The rest of the program does not yield, and so would not see the flag.
  process.off('SIGINT', interrupt);
  return interrupted || dense === undefined ? undefined : {model, dense, pruner};
}

function prunerOf(
  {sparsity, importance, pattern, allocation}: Options,
  steps: number,
  begin: number,
): Pruning {
  // Magnitudes are comparable across layers, which makes 90 % of all weights possible.
  const byMagnitude = [importance, pattern].every(({text}) => PLAIN.includes(text));
  return pruning({
    schedule: polynomial({to: sparsity}),
    importance: importance.part,
    pattern: pattern.part,
    allocation: allocation?.part ?? (byMagnitude ? global() : undefined),
    unit: 'batch',
    begin,
    end: Math.floor((steps * 3) / 4),
    every: Math.ceil(steps / 100),
  });
}

/** The method in words. */
function methodOf({sparsity, importance, pattern, allocation, penalty, strength, proximal}: Options): string {
  const parts = [importance.text, pattern.text, ...(allocation ? [allocation.text] : [])];
  const by = parts.every((text) => PLAIN.includes(text)) ? '' : ` by ${parts.join(', ')}`;
  const shrunk = penalty ? ` with ${proximal ? 'proximal ' : ''}${penalty.text} × ${strength}` : '';
  const action = pattern.part.select ? 'pruning' : `pruning ${percent(sparsity)}`;
  return `${action}${by}${shrunk}`;
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

import {dispose, type Tensor} from '@tensorflow/tfjs-core';
import {Callback, type LayersModel} from '@tensorflow/tfjs-layers';
import {global, polynomial, prunableWeights, ship} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {networks} from '../../../networks';
import {CHANNELS, type Examples, type OwnTick, type OwnTrained, SIDE} from '../protocol';
import {batch, split, tensors} from './examples';

const EPOCHS = 14;
const BATCHES = 20;
const BATCH = 32;
/** The epochs that prune: some to learn before, some to recover after. */
const [BEGIN, END] = [4, 9];

interface Progress {
  tick(tick: OwnTick): void;
  /** Called between steps. */
  rest(): Promise<void>;
  isStopped(): boolean;
}

/** Loads the code that others load when they are called. */
export async function prepare(): Promise<void> {
  const model = networks.conv([SIDE, SIDE, CHANNELS], 2, 1);
  await ship(model, {values: 'int8'});
  model.dispose();
}

/** Trains a small convolutional network on images, prunes it to a sparsity meanwhile, and ships it; undefined if stopped. */
export async function train(
  examples: Examples,
  sparsity: number,
  progress: Progress,
): Promise<OwnTrained | undefined> {
  const {train, test} = split(examples);
  const model = networks.conv([SIDE, SIDE, CHANNELS], examples.classes, 1);
  try {
    model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});
    // The part of a dataset that fitDataset uses, without tfjs-data.
    const next = async () => {
      const {x, y} = batch(examples, train, BATCH);
      return {value: {xs: x, ys: y}, done: false};
    };
    const pruner = pruning({
      schedule: polynomial({to: sparsity}),
      allocation: global(),
      begin: BEGIN,
      end: END,
    });
    await model.fitDataset({iterator: async () => ({next})} as never, {
      epochs: EPOCHS,
      batchesPerEpoch: BATCHES,
      verbose: 0,
      callbacks: [pruner, new Watcher(progress, () => pruner.results.at(-1)?.sparsity ?? 0)],
    });
    if (progress.isStopped()) return undefined;
    return {
      module: await ship(model, {values: 'int8'}),
      accuracy: await accuracy(model, examples, test),
      tested: test.length,
      ...(await counts(model)),
    };
  } finally {
    model.dispose();
  }
}

/** Reports each step, and stops the training when it is asked to. */
class Watcher extends Callback {
  #done = 0;

  constructor(
    readonly progress: Progress,
    readonly sparsity: () => number,
  ) {
    super();
  }

  override async onBatchEnd(): Promise<void> {
    this.#done++;
    this.progress.tick({done: this.#done / (EPOCHS * BATCHES), sparsity: this.sparsity()});
    await this.progress.rest();
    // fit of a Sequential runs on its inner model, which is this one.
    if (this.progress.isStopped()) this.model.stopTraining = true;
  }
}

async function accuracy(model: LayersModel, examples: Examples, test: number[]): Promise<number> {
  const {x, y} = tensors(examples, test);
  const output = model.predictOnBatch(x) as Tensor;
  const scores = await output.data();
  dispose([x, y, output]);
  const {classes, labels} = examples;
  const right = test.filter((index, i) => {
    const row = scores.subarray(i * classes, (i + 1) * classes) as Float32Array;
    return row.indexOf(Math.max(...row)) === labels[index];
  });
  return right.length / test.length;
}

async function counts(model: LayersModel): Promise<{weights: number; remaining: number}> {
  const masks = await Promise.all(prunableWeights(model).map(({mask}) => mask.data() as Promise<Uint8Array>));
  const remaining = masks.reduce((sum, mask) => mask.reduce((kept, bit) => kept + bit, sum), 0);
  return {weights: masks.reduce((sum, {length}) => sum + length, 0), remaining};
}

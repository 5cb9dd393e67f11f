import * as tf from '@tensorflow/tfjs';
import {linear} from 'tfjs-pruning';
import {type PruningOptions, pruning} from 'tfjs-pruning/callbacks';
import {masksOf} from '../support/models';
import {expectRefusal} from '../support/state';
import {compiled, fitOn, sparsitiesOf} from '../support/training';

const byBatch = (options: Partial<PruningOptions> = {}) =>
  pruning({schedule: linear({from: 0.25, to: 0.5}), unit: 'batch', where: ['hidden'], ...options});

/** How many of the 24 elements of `hidden` are masked after each batch. */
function watch(model: tf.LayersModel): {masked: number[]; callback: tf.CustomCallback} {
  const masked: number[] = [];
  const count = () => masksOf(model)[0].filter((bit) => bit === 0).length;
  return {masked, callback: new tf.CustomCallback({onBatchEnd: async () => void masked.push(count())})};
}

it('pruning() by batches updates masks at begin, every `every` batches after it, and at end', async () => {
  const model = compiled();
  const {masked, callback} = watch(model);
  const history = await fitOn(model, {
    epochs: 2,
    batchSize: 2,
    callbacks: [byBatch({begin: 1, end: 6, every: 2}), callback],
  });
  // Progress 0 at 1, then 0.4 at 3 and 0.8 at 5, and 1 at 6.
  expect(masked).toEqual([0, 6, 6, 8, 8, 11, 12, 12]);
  expect(history.sparsity).toEqual([1 - 34 / 42, 1 - 30 / 42]);
});

it('pruning() counts batches over the life of the callback', async () => {
  const model = compiled();
  const pruner = byBatch({begin: 2, end: 6});
  const {masked, callback} = watch(model);
  const first = await fitOn(model, {epochs: 1, batchSize: 2, callbacks: [pruner, callback]});
  const second = await fitOn(model, {epochs: 1, batchSize: 2, callbacks: [pruner, callback]});
  // Of 24 elements 25 %, 31.25 %, 37.5 %, 43.75 % and 50 %, where a half is rounded to keep an even number.
  expect(masked).toEqual([0, 0, 6, 8, 9, 10, 12, 12]);
  expect([first.sparsity, second.sparsity]).toEqual([[1 - 34 / 42], [1 - 30 / 42]]);
  expect(pruner.results).toHaveLength(5);
});

it('pruning() leaves the last quarter of the batches to recover by default', async () => {
  const model = compiled();
  const pruner = byBatch();
  const {masked, callback} = watch(model);
  await fitOn(model, {epochs: 2, batchSize: 2, callbacks: [pruner, callback]});
  expect(pruner.plan(2, 4).map(({batch}) => batch)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(masked.slice(-3)).toEqual([12, 12, 12]);
  expect(masked[4]).toBeLessThan(12);
});

it('pruning() by batches makes the updates that plan() lists', async () => {
  const model = compiled();
  const pruner = byBatch({begin: 0, end: 10, every: 3});
  const plan = pruner.plan(3, 4);
  const times: number[] = [];
  let batch = 0;
  const watchResults = new tf.CustomCallback({
    onBatchEnd: async () => {
      if (pruner.results.length > times.length) {
        times.push(batch);
      }
      batch++;
    },
  });
  await fitOn(model, {epochs: 3, batchSize: 2, callbacks: [pruner, watchResults]});
  expect(times).toEqual(plan.map((update) => update.batch));
  expect(pruner.results.map(({asked}) => asked)).toEqual(plan.map(({target}) => target));
});

it('pruning() counts a smaller last batch', async () => {
  const model = compiled();
  const {masked, callback} = watch(model);
  await fitOn(model, {epochs: 2, batchSize: 3, callbacks: [byBatch({begin: 2, end: 5}), callback]});
  expect(masked).toEqual([0, 0, 6, 8, 10, 12]);
});

it('pruning() counts a smaller last batch for the default end', async () => {
  const model = compiled();
  const {masked, callback} = watch(model);
  await fitOn(model, {epochs: 1, batchSize: 3, callbacks: [byBatch(), callback]});
  expect(masked).toEqual([6, 12, 12]);
});

it('a plan may have 200,000 updates', async () => {
  const model = compiled();
  const pruner = pruning({schedule: linear({to: 0.5}), unit: 'batch', begin: 0, end: 199_999});
  expect(pruner.plan(50_000, 4)).toHaveLength(200_000);
  class Stop extends tf.Callback {
    override async onEpochEnd(): Promise<void> {
      this.model.stopTraining = true;
    }
  }
  await fitOn(model, {epochs: 50_000, batchSize: 2, callbacks: [pruner, new Stop()]});
  expect(pruner.results.map(({asked}) => asked)).toEqual(
    [0, 1, 2, 3].map((time) => expect.closeTo((0.5 * time) / 199_999, 9)),
  );
});

it('results holds the latest 1,000 updates', async () => {
  const pruner = byBatch({begin: 0, end: 1031});
  pruner.setModel(compiled());
  pruner.setParams({epochs: 129, samples: 8, batchSize: 1});
  await pruner.onTrainBegin();
  await pruner.onEpochBegin(0);
  for (let batch = 0; batch < 1032; batch++) await pruner.onBatchEnd();
  const plan = pruner.plan(129, 8);
  expect(plan).toHaveLength(1032);
  expect(pruner.results.map(({asked}) => asked)).toEqual(plan.slice(-1000).map(({target}) => target));
});

describe('pruning() by batches in fitDataset', () => {
  /** A dataset that does not know its size. */
  const datasetOf = (batches: number) =>
    tf.data.generator(function* () {
      for (let batch = 0; batch < batches; batch++) {
        yield {xs: tf.ones([2, 4]), ys: tf.zeros([2, 3])};
      }
    }) as tf.data.Dataset<tf.TensorContainer>;
  const args = {epochs: 2, verbose: 0 as const};

  it('counts batches as in fit', async () => {
    const model = compiled();
    const {masked, callback} = watch(model);
    const callbacks = [byBatch({begin: 1, end: 3}), callback];
    await model.fitDataset(datasetOf(9), {...args, batchesPerEpoch: 2, callbacks});
    expect(masked).toEqual([0, 6, 9, 12]);
  });

  it('needs an end for a dataset of unknown size', async () => {
    const model = compiled();
    await expectRefusal(
      model,
      () => model.fitDataset(datasetOf(3), {...args, callbacks: [byBatch()]}),
      'pruning: the number of batches is not known here, so give `end`',
    );
    const {masked, callback} = watch(model);
    const callbacks = [byBatch({begin: 2, end: 4}), callback];
    const {history} = await model.fitDataset(datasetOf(3), {...args, callbacks});
    expect(masked).toEqual([0, 0, 6, 9, 12, 12]);
    expect(sparsitiesOf(history)).toEqual([1 - 36 / 42, 1 - 30 / 42]);
  });

  it('throws if a dataset is too short for any update', async () => {
    const model = compiled();
    const callbacks = [byBatch({begin: 50, end: 60})];
    await expect(model.fitDataset(datasetOf(3), {...args, callbacks})).rejects.toThrow(
      /^pruning: nothing would be pruned/,
    );
  });
});

it('pruning() ends without an error if stopped before the first update', async () => {
  const pruner = byBatch({begin: 3, end: 6});
  const stop = new tf.CustomCallback({
    onBatchEnd: async () => {
      // fit of a Sequential runs on the model inside.
      pruner.model.stopTraining = true;
    },
  });
  await fitOn(compiled(), {epochs: 2, batchSize: 2, callbacks: [pruner, stop]});
  expect(pruner.results).toEqual([]);
});

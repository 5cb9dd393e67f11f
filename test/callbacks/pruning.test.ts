import * as tf from '@tensorflow/tfjs';
import {channel, constant, global, linear, polynomial, prune, report, strip, threshold} from 'tfjs-pruning';
import {Pruning, pruning} from 'tfjs-pruning/callbacks';
import {backends, useBackend} from '../support/backends';
import {examples, masksOf, mlp} from '../support/models';
import {optimizers} from '../support/optimizers';
import {saveAndLoad} from '../support/saving';
import {compiled, fitOn, sparsitiesOf} from '../support/training';

it('pruning() returns a tfjs callback', () => {
  expect(pruning({schedule: constant(0.5)})).toBeInstanceOf(Pruning);
  expect(pruning({schedule: constant(0.5)})).toBeInstanceOf(tf.Callback);
});

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it('pruning() updates masks at the ends of the epochs from begin to end', async () => {
    const model = compiled();
    const seen: number[] = [];
    const watch = new tf.CustomCallback({
      onBatchEnd: async () => {
        seen.push(
          masksOf(model)
            .flat()
            .filter((bit) => bit === 0).length,
        );
      },
    });
    const callback = pruning({schedule: linear({from: 0.2, to: 0.6}), begin: 1, end: 3});
    const history = await fitOn(model, {epochs: 5, batchSize: 4, callbacks: [callback, watch]});
    // Of 24 and 18 elements; two batches an epoch, pruned after them.
    expect(seen).toEqual([0, 0, 0, 0, 9, 9, 17, 17, 25, 25]);
    expect(history.sparsity).toEqual([0, 9, 17, 25, 25].map((masked) => 1 - (42 - masked) / 42));
  });
});

it('pruning() makes the updates that plan() lists', async () => {
  const model = compiled();
  const callback = pruning({schedule: linear({to: 0.8}), begin: 1, end: 6, every: 2});
  const plan = callback.plan(8);
  const history = await fitOn(model, {epochs: 8, callbacks: [callback]});
  expect(callback.results.map(({asked}) => asked)).toEqual(plan.map(({target}) => target));
  const changes = sparsitiesOf(history).map((sparsity, epoch, all) => sparsity !== (all[epoch - 1] ?? 0));
  // The first update of the plan asks for 0.
  expect(changes.flatMap((changed, epoch) => (changed ? [epoch] : []))).toEqual([3, 5, 6]);
  expect(plan.map(({epoch}) => epoch)).toEqual([1, 3, 5, 6]);
  expect(history.sparsity.at(-1)).toBe(report(model).total.sparsity);
});

it('results lists the target and the sparsity of each update', async () => {
  const model = compiled();
  const callback = pruning({schedule: linear({from: 0.5, to: 0.75}), end: 1, where: ['hidden']});
  await fitOn(model, {epochs: 2, callbacks: [callback]});
  expect(callback.results.map(({asked, weights}) => [asked, weights])).toMatchObject([
    [0.5, [{name: 'hidden/kernel', units: 24, asked: 12, kept: 12}]],
    [0.75, [{name: 'hidden/kernel', units: 24, asked: 6, kept: 6}]],
  ]);
  expect(callback.results[1].sparsity).toBeCloseTo(18 / 42, 12);
});

it('pruning() prunes once if begin equals end, and leaves the last quarter to recover by default', async () => {
  const jump = await fitOn(compiled(), {
    epochs: 3,
    callbacks: [pruning({schedule: linear({to: 0.5}), begin: 1, end: 1})],
  });
  expect(jump.sparsity).toEqual([0, 0.5, 0.5]);
  const byDefault = await fitOn(compiled(), {epochs: 4, callbacks: [pruning({schedule: linear({to: 0.5})})]});
  expect(byDefault.sparsity).toEqual([0, 1 - 32 / 42, 0.5, 0.5]);
});

it('pruning() equals alternating fit and prune()', async () => {
  const [inFit, byHand] = [compiled(), compiled()];
  const recipe = {pattern: channel(), allocation: global(), where: () => true};
  await fitOn(inFit, {
    epochs: 3,
    callbacks: [pruning({schedule: linear({from: 0.2, to: 0.6}), end: 2, ...recipe})],
  });
  for (const sparsity of [0.2, 0.4, 0.6]) {
    await fitOn(byHand, {epochs: 1});
    await prune(byHand, sparsity, recipe);
  }
  const [a, b] = [inFit, byHand].map((model) => model.getWeights().map((weight) => [...weight.dataSync()]));
  expect(a).toEqual(b);
});

it('a schedule may return thresholds', async () => {
  const model = compiled();
  const callback = pruning({schedule: (p) => threshold(0.1 + 0.2 * p), end: 2});
  const history = await fitOn(model, {epochs: 3, callbacks: [callback]});
  const sparsities = sparsitiesOf(history);
  expect(callback.results.map(({asked}) => asked)).toEqual([undefined, undefined, undefined]);
  expect(sparsities[0]).toBeGreaterThan(0);
  expect(sparsities[2]).toBeGreaterThan(sparsities[0]);
  const kept = model.getWeights().filter(({rank, dtype}) => rank === 2 && dtype === 'float32');
  const magnitudes = kept.flatMap((weight) => [...weight.dataSync()].map(Math.abs).filter(Boolean));
  expect(Math.min(...magnitudes)).toBeGreaterThan(Math.fround(0.3));
});

it('initialEpoch resumes in the same schedule', async () => {
  const options = {schedule: linear({to: 0.8}), begin: 1, end: 5};
  const whole = await fitOn(compiled(), {epochs: 7, callbacks: [pruning(options)]});
  const model = compiled();
  const first = await fitOn(model, {
    epochs: 3,
    callbacks: [pruning({...options, schedule: linear({to: 0.2}), end: 2})],
  });
  const rest = await fitOn(model, {epochs: 7, initialEpoch: 3, callbacks: [pruning(options)]});
  expect([...first.sparsity, ...rest.sparsity]).toEqual(whole.sparsity);
});

it('pruning() works beside other callback instances', async () => {
  const seen: number[] = [];
  const callbacks = [
    tf.callbacks.earlyStopping({monitor: 'loss', patience: 100}),
    pruning({schedule: constant(0.5)}),
    new tf.CustomCallback({onEpochEnd: async (_, logs) => void seen.push(logs?.sparsity as number)}),
  ];
  const history = await fitOn(compiled(), {epochs: 3, callbacks});
  expect(history.sparsity).toEqual([0.5, 0.5, 0.5]);
  expect(seen).toEqual([0.5, 0.5, 0.5]);
});

it('fit and fitDataset prune alike', async () => {
  const {x, y} = examples();
  const [inFit, inFitDataset] = [compiled(), compiled()];
  const callback = () => pruning({schedule: linear({to: 0.7}), begin: 0, end: 2});
  const history = await fitOn(inFit, {epochs: 4, batchSize: 4, callbacks: [callback()]});
  const dataset = tf.data.zip<{xs: tf.Tensor; ys: tf.Tensor}>({
    xs: tf.data.array(x.arraySync()),
    ys: tf.data.array(y.arraySync()),
  });
  const {history: other} = await inFitDataset.fitDataset(dataset.batch(4), {
    epochs: 4,
    verbose: 0,
    callbacks: [callback()],
  });
  expect(other.sparsity).toEqual(history.sparsity);
  expect(masksOf(inFitDataset)).toEqual(masksOf(inFit));
});

it.each(optimizers)('weights pruned in fit stay 0 after every step of $name', async ({make}) => {
  const model = mlp();
  model.compile({optimizer: make(), loss: 'meanSquaredError'});
  const revived: number[] = [];
  const watch = new tf.CustomCallback({
    onBatchEnd: async () => {
      const masks = masksOf(model).flat();
      const kernels = model.layers.flatMap((layer) => [...layer.getWeights()[0].dataSync()]);
      revived.push(...kernels.filter((value, i) => masks[i] === 0 && value !== 0));
    },
  });
  await fitOn(model, {
    epochs: 4,
    batchSize: 4,
    callbacks: [pruning({schedule: linear({from: 0.3, to: 0.7})}), watch],
  });
  expect(revived).toEqual([]);
  expect(report(model).total.kept).toBe(12);
  expect((await strip(model)).getWeights().every((weight) => weight.dataSync().every(Number.isFinite))).toBe(
    true,
  );
});

it('hooks called by hand have the same effect as in fit', async () => {
  const model = compiled();
  const callback = pruning({schedule: linear({to: 0.6}), begin: 1, end: 2});
  callback.setModel(model);
  callback.setParams({epochs: 4, samples: 8, batchSize: 4});
  await callback.onTrainBegin();
  const sparsities: unknown[] = [];
  for (let epoch = 0; epoch < 4; epoch++) {
    const logs: tf.Logs = {};
    await callback.onEpochBegin(epoch);
    await callback.onBatchEnd();
    await callback.onBatchEnd();
    await callback.onEpochEnd(epoch, logs);
    sparsities.push(logs.sparsity);
  }
  expect(sparsities).toEqual([0, 0, 1 - 17 / 42, 1 - 17 / 42]);
});

it.each([
  ['SGD', () => tf.train.sgd(0.1), 6],
  ['Adam', () => tf.train.adam(0.01), 4],
])(
  'cut off, saved with %s, loaded and resumed, a run by batches ends as an uncut one',
  async (_, optimizer, digits) => {
    const [x, y] = [
      tf.randomNormal([32, 4], 0, 1, 'float32', 1),
      tf.randomUniform([32, 3], 0, 1, 'float32', 2),
    ];
    const settings = {batchSize: 8, shuffle: false, verbose: 0} as const;
    const callback = () =>
      pruning({schedule: polynomial({to: 0.8}), unit: 'batch', begin: 2, end: 20, every: 3});
    const start = () => {
      const model = mlp();
      model.compile({optimizer: optimizer(), loss: 'meanSquaredError'});
      return model;
    };
    const whole = start();
    await whole.fit(x, y, {...settings, epochs: 6, callbacks: [callback()]});
    const first = start();
    const before = callback();
    await first.fit(x, y, {...settings, epochs: 3, callbacks: [before]});
    const model = await saveAndLoad(first, {includeOptimizer: true});
    const after = callback();
    after.restore(JSON.parse(JSON.stringify(before.state())));
    await model.fit(x, y, {...settings, initialEpoch: 3, epochs: 6, callbacks: [after]});
    expect(masksOf(model)).toEqual(masksOf(whole));
    const values = (of: tf.LayersModel) => of.getWeights().flatMap((weight) => [...weight.dataSync()]);
    const expected = values(whole);
    for (const [i, value] of values(model).entries()) expect(value).toBeCloseTo(expected[i], digits);
  },
);

it('restore() rejects values that are not states, and states of other models', async () => {
  const callback = pruning({schedule: constant(0.5)});
  expect(() => callback.restore({} as never)).toThrow(
    'pruning: state must be a state of pruning(), got an object without properties',
  );
  callback.restore({weights: ['other/kernel [2,2]'], batches: 0});
  const model = mlp();
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  await expect(
    model.fit(tf.ones([4, 4]), tf.ones([4, 3]), {verbose: 0, callbacks: [callback]}),
  ).rejects.toThrow(
    'pruning: the state is of another model, one with other/kernel [2,2]; this one has hidden/kernel',
  );
});

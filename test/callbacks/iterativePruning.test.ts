import * as tf from '@tensorflow/tfjs';
import {channel, prunableWeights, report, taylor} from 'tfjs-pruning';
import {evaluation, type IterativePruningOptions, iterativePruning} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {accuracy, f1} from 'tfjs-pruning/metrics';
import {artifactsOf, load, saveAndLoad} from '../support/saving';

// The sign of the first of eight inputs, which a network learns at once; the other seven are noise.
const inputs = tf.randomNormal([256, 8], 0, 1, 'float32', 7);
const classes = tf.tidy(() =>
  tf.cast(tf.greater(inputs.slice([0, 0], [-1, 1]), 0), 'float32'),
) as tf.Tensor2D;
const part = (tensor: tf.Tensor, start: number, size: number) => tensor.slice([start, 0], [size, -1]);
const [x, y] = [part(inputs, 0, 192), part(classes, 0, 192)];
const validationData: [tf.Tensor, tf.Tensor] = [part(inputs, 192, 64), part(classes, 192, 64)];

const seeded = (seed: number) => tf.initializers.glorotUniform({seed});

function network(optimizer: () => tf.Optimizer = () => tf.train.adam(0.03)): tf.Sequential {
  const model = tf.sequential({
    layers: [
      prunableDense({
        units: 12,
        inputShape: [8],
        activation: 'relu',
        kernelInitializer: seeded(1),
        name: 'hidden',
      }),
      prunableDense({units: 1, activation: 'sigmoid', kernelInitializer: seeded(2), name: 'output'}),
    ],
  });
  model.compile({optimizer: optimizer(), loss: 'binaryCrossentropy', metrics: ['accuracy']});
  return model;
}

async function run(
  options: IterativePruningOptions,
  {epochs = 12, initialEpoch = 0, model = network(), callbacks = [] as tf.CustomCallback[]} = {},
) {
  const callback = iterativePruning(options);
  const result = await model.fit(x, y, {
    epochs,
    initialEpoch,
    batchSize: 32,
    shuffle: false,
    verbose: 0,
    validationData,
    callbacks: [callback, ...callbacks] as tf.Callback[],
  });
  const history = result.history as Record<string, number[]>;
  return {model, callback, history, accuracy: accuracyOf(model), sparsity: report(model).total.sparsity};
}

function accuracyOf(model: tf.LayersModel): number {
  return tf.tidy(() => (model.evaluate(...validationData) as tf.Scalar[])[1].dataSync()[0]);
}

it('iterativePruning() prunes step by step within the budget, and stops at the target', async () => {
  const {callback, history, accuracy, sparsity} = await run(
    {maxDrop: 0.03, step: 0.2, until: {sparsity: 0.6}, baseline: 0.9},
    {epochs: 40},
  );
  const accepted = callback.rounds.filter((round) => round.accepted).map(({asked}) => asked);
  expect(accepted).toEqual([0.2, 0.4, 0.6].map((asked) => expect.closeTo(asked, 10)));
  expect(sparsity).toBeCloseTo(0.6, 1);
  expect(accuracy).toBeGreaterThanOrEqual(0.87);
  // It stopped by itself, at the end of the epoch in which the last round was accepted.
  expect(history.loss.length).toBeLessThan(40);
  expect(history.accepted[history.accepted.length - 1]).toBe(1);
  expect(history.sparsity[history.sparsity.length - 1]).toBeCloseTo(sparsity, 10);
});

it('each round has the metric before the cut, after the cut, and after recovery', async () => {
  const {callback, history} = await run({maxDrop: 0.05, step: 0.3, sample: [x, y]});
  const [round] = callback.rounds;
  expect(round.epoch).toBe(0);
  expect(history.val_acc[0]).not.toBeNaN();
  for (const figure of [round.before, round.cut, round.recovered]) expect(figure).toBeGreaterThan(0.3);
  expect(history.before[0]).toBe(round.before);
  expect(history.cut[0]).toBe(round.cut);
  expect(history.recovered).toEqual([Number.NaN, round.recovered, ...history.recovered.slice(2)]);
  expect(history.recovered[1]).toBeCloseTo(history.val_acc[1], 6);
});

it('iterativePruning() validates a cut like fit', async () => {
  // With a rate of 0 nothing recovers: the accuracy after the epoch is that right after the cut.
  const {callback} = await run({maxDrop: 1, step: 0.3}, {model: network(() => tf.train.sgd(0))});
  for (const {cut, recovered} of callback.rounds) expect(cut).toBeCloseTo(recovered as number, 6);
  expect(callback.rounds.length).toBeGreaterThan(2);
});

it('iterativePruning() restores weights, masks and slots after a rejected cut, and halves the step', async () => {
  const model = network();
  await run({maxDrop: 1, step: 0.01}, {model, epochs: 4});
  // Nothing recovers by a learning rate of 0.
  model.compile({optimizer: tf.train.sgd(0), loss: 'binaryCrossentropy', metrics: ['accuracy']});
  const dense = accuracyOf(model);
  const {callback, history, sparsity} = await run({maxDrop: 0, step: 0.8, minStep: 0.2}, {model});
  const asked = callback.rounds.map((round) => round.asked);
  expect(callback.rounds[0].accepted).toBe(false);
  expect(asked[1]).toBeCloseTo(0.4, 10);
  // Another cut was made at once, of the same weights.
  expect(history.sparsity[1]).toBeLessThan(history.sparsity[0]);
  const best = callback.rounds.filter(({accepted}) => accepted).map((round) => round.sparsity);
  expect(sparsity).toBeCloseTo(Math.max(0, ...best), 10);
  expect(accuracyOf(model)).toBeGreaterThanOrEqual(dense);
});

it('iterativePruning() leaves the sparsest accepted model, also when stopped early', async () => {
  const stop = new tf.CustomCallback({
    onEpochEnd: async (epoch) => {
      if (epoch === 2) model.stopTraining = true;
    },
  });
  const model = network();
  const {callback, sparsity} = await run({maxDrop: 0, step: 0.9, recover: 3}, {model, callbacks: [stop]});
  expect(sparsity).toBe(0);
  expect(callback.rounds).toEqual([]);
  expect(accuracyOf(model)).toBeGreaterThan(0.5);
});

it('iterativePruning() detaches itself and leaves no tensor', async () => {
  const model = network();
  await run({maxDrop: 1, step: 0.2}, {model, epochs: 3});
  const methods = () => [model.layers[0].call, model.optimizer.applyGradients];
  const [before, attached] = [tf.memory().numTensors, methods()];
  await run({maxDrop: 1, step: 0.2, importance: taylor(), sample: [x, y]}, {model, epochs: 4});
  await run({maxDrop: 0, step: 0.9, recover: 2, pattern: channel()}, {model, epochs: 4});
  expect(tf.memory().numTensors).toBe(before);
  expect(methods()).toEqual(attached);
});

it('step: {ofRemaining: 0.5} prunes half of the remaining weights', async () => {
  const {callback} = await run({maxDrop: 1, step: {ofRemaining: 0.5}}, {epochs: 5});
  expect(callback.rounds.map(({asked}) => asked)).toEqual([0.5, 0.75, 0.875, 0.9375]);
});

it('iterativePruning() stops before the metric drops below a level', async () => {
  const {callback, accuracy} = await run(
    {baseline: 0.8, maxDrop: 1, step: 0.3, until: {metric: 0.8}},
    {epochs: 30},
  );
  expect(accuracy).toBeGreaterThanOrEqual(0.8);
  for (const {accepted, recovered} of callback.rounds) {
    if (accepted) expect(recovered).toBeGreaterThanOrEqual(0.8 - 1e-6);
  }
});

function spoilWeights(model: tf.LayersModel): void {
  const spoilt = (weight: tf.Tensor) => (weight.dtype === 'bool' ? weight : tf.mul(weight, Number.NaN));
  tf.tidy(() => model.setWeights(model.getWeights().map(spoilt)));
}

it('iterativePruning() never accepts NaN', async () => {
  const model = network();
  // From the second epoch on the loss is NaN, and so the monitored one.
  const spoil = new tf.CustomCallback({
    onEpochBegin: async (epoch) => {
      if (epoch === 1) spoilWeights(model);
    },
  });
  const {callback, sparsity} = await run(
    {monitor: 'val_loss', maxDrop: 1e9, minStep: 0.1},
    {model, callbacks: [spoil], epochs: 3},
  );
  expect(callback.rounds.map(({accepted}) => accepted)).toEqual([false]);
  expect(sparsity).toBe(0);
  expect(model.getWeights().flatMap((weight) => [...weight.dataSync()])).not.toContain(Number.NaN);
});

it.each(['before', 'after'])(
  'iterativePruning() can monitor an evaluation %s it in the list',
  async (place) => {
    const model = network();
    const evaluate = evaluation({metrics: [f1(), accuracy()], data: validationData});
    const callback = iterativePruning({monitor: 'val_f1', maxDrop: 0.1, step: 0.3});
    const {history} = await model.fit(x, y, {
      epochs: 4,
      verbose: 0,
      callbacks: place === 'before' ? [evaluate, callback] : [callback, evaluate],
    });
    expect(callback.rounds[0].recovered).toBeCloseTo(history.val_f1[1] as number, 10);
    expect(callback.rounds[0].cut).toBeGreaterThan(0);
    expect(history.val_f1).toHaveLength(history.loss.length);
  },
);

it('iterativePruning() works in fitDataset, and validates cuts on its validation data', async () => {
  const model = network();
  const dataset = (xs: tf.Tensor, ys: tf.Tensor) =>
    tf.data
      .zip({
        xs: tf.data.array(xs.arraySync() as number[][]),
        ys: tf.data.array(ys.arraySync() as number[][]),
      } as never)
      .batch(32) as never;
  for (const data of [dataset(...validationData), validationData]) {
    const callback = iterativePruning({maxDrop: 1, step: 0.2});
    await model.fitDataset(dataset(x, y), {
      epochs: 3,
      verbose: 0,
      validationData: data,
      callbacks: [callback],
    });
    for (const {cut} of callback.rounds) expect(cut).toBeGreaterThan(0.3);
  }
});

it.each([
  ['SGD', () => tf.train.sgd(0.3), 6],
  ['Adam', () => tf.train.adam(0.03), 4],
])(
  'iterativePruning() interrupted, saved with %s, loaded and resumed, ends like an uninterrupted run',
  async (_, optimizer, digits) => {
    const options = {maxDrop: 0.2, step: 0.2, recover: 2};
    const whole = await run(options, {model: network(optimizer), epochs: 9});
    // After the epoch 2 a cut is judged and another made, which is on trial after the epoch 3.
    for (const last of [2, 3]) {
      const cutOff = network(optimizer);
      const first = iterativePruning(options);
      let saved: {artifacts: tf.io.ModelArtifacts; state: string} | undefined;
      const interrupt = new tf.CustomCallback({
        onEpochEnd: async (epoch) => {
          if (epoch !== last) return;
          const artifacts = await artifactsOf(cutOff, {includeOptimizer: true});
          saved = {artifacts, state: JSON.stringify(first.state())};
          first.model.stopTraining = true;
        },
      });
      const settings = {batchSize: 32, shuffle: false, verbose: 0, validationData, epochs: 9} as const;
      await cutOff.fit(x, y, {...settings, callbacks: [first, interrupt as unknown as tf.Callback]});
      const {artifacts, state} = saved as NonNullable<typeof saved>;
      const model = await load(artifacts);
      const callback = iterativePruning(options);
      callback.restore(JSON.parse(state));
      await model.fit(x, y, {...settings, initialEpoch: last + 1, callbacks: [callback]});
      expect(callback.rounds.map(({asked, accepted}) => [asked, accepted])).toEqual(
        whole.callback.rounds.map(({asked, accepted}) => [asked, accepted]),
      );
      const values = (of: tf.LayersModel) => of.getWeights().flatMap((weight) => [...weight.dataSync()]);
      const expected = values(whole.model);
      for (const [i, value] of values(model).entries()) expect(value).toBeCloseTo(expected[i], digits);
    }
  },
);

it('iterativePruning() resumes with the cut that was due when the run ended', async () => {
  const options = {maxDrop: 0.2, step: 0.2};
  const sgd = () => tf.train.sgd(0.3);
  const whole = await run(options, {model: network(sgd), epochs: 6});
  const first = await run(options, {model: network(sgd), epochs: 3});
  expect(first.callback.rounds).toHaveLength(2);
  const model = (await saveAndLoad(first.model, {includeOptimizer: true})) as tf.Sequential;
  const callback = iterativePruning(options);
  callback.restore(JSON.parse(JSON.stringify(first.callback.state())));
  const settings = {batchSize: 32, shuffle: false, verbose: 0, validationData, epochs: 6} as const;
  await model.fit(x, y, {...settings, initialEpoch: 3, callbacks: [callback]});
  expect(callback.rounds.map(({asked}) => asked)).toEqual(whole.callback.rounds.map(({asked}) => asked));
  const masks = (of: tf.LayersModel) => prunableWeights(of).map(({mask}) => Array.from(mask.dataSync()));
  expect(masks(model)).toEqual(masks(whole.model));
});

it('restore() rejects the state of another model', async () => {
  const {callback} = await run({maxDrop: 1}, {epochs: 3});
  const other = tf.sequential({layers: [prunableDense({units: 1, inputShape: [8], name: 'other'})]});
  other.compile({optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['accuracy']});
  const resumed = iterativePruning();
  resumed.restore(callback.state());
  await expect(other.fit(x, y, {verbose: 0, validationData, callbacks: [resumed]})).rejects.toThrow(
    'iterativePruning: the state is of another model, one with hidden/kernel [8,12], output/kernel [12,1]; ' +
      'this one has other/kernel [8,1]',
  );
  expect(() => resumed.restore({} as never)).toThrow(
    'this is not a state of iterativePruning(), as baseline is missing',
  );
});

it('iterativePruning() lists the logged metrics if the monitored one is missing', async () => {
  await expect(run({monitor: 'val_f1'})).rejects.toThrow(
    'iterativePruning: the logs have no "val_f1", only loss, acc, val_loss, val_acc',
  );
  const model = network();
  await expect(model.fit(x, y, {verbose: 0, callbacks: [iterativePruning()]})).rejects.toThrow(
    'the logs have no "val_acc", only loss, acc; fit got no validation data',
  );
  expect(prunableWeights(model)).toHaveLength(2);
});

it('iterativePruning() throws if the budget is broken before pruning, or the baseline is never reached', async () => {
  await expect(run({until: {metric: 2}})).rejects.toThrow(
    'iterativePruning: the budget is broken before anything is pruned: val_acc is',
  );
  await expect(run({baseline: 1.5}, {epochs: 2})).rejects.toThrow(
    'nothing was pruned, as val_acc did not reach the baseline 1.5',
  );
});

it.each([
  [{monitor: 3}, "monitor must be a name in the logs, as 'val_acc', got 3"],
  [{mode: 'up'}, `mode must be 'max' or 'min', got "up"`],
  [{maxDrop: -1}, 'maxDrop must be a number from 0, got -1'],
  [{step: 0}, 'step must be a number in (0, 1) or {ofRemaining: share}, got 0'],
  [{step: {ofRemaining: 1}}, 'got an object ofRemaining'],
  [{step: {ofRemaining: 0.5, share: 0.2}}, 'step: unknown option "share"; there are ofRemaining'],
  [{minStep: 0.5}, 'minStep must be a number above 0, at most the step, got 0.5'],
  [{recover: 0}, 'recover must be a whole number from 1, got 0'],
  [{until: {sparsity: 1}}, 'until.sparsity must be a number in (0, 1), got 1'],
  [{until: {accuracy: 1}}, 'until: unknown option "accuracy"'],
  [{sample: [x]}, 'sample must be [x, y], two tensors of training data'],
  [{schedule: () => 0}, 'unknown option "schedule"'],
])('iterativePruning() rejects %p', (options, message) => {
  expect(() => iterativePruning(options as never)).toThrow(message);
});

import * as tf from '@tensorflow/tfjs';
import {
  activation,
  activationEntropy,
  apoz,
  constant,
  contribution,
  gradient,
  hessian,
  type Importance,
  linear,
  movement,
  report,
  taylor,
} from 'tfjs-pruning';
import {iterativePruning, type Pruning, type PruningOptions, pruning} from 'tfjs-pruning/callbacks';
import {expectNoLeakedTensors} from '../support/memory';
import {masksOf, mlp} from '../support/models';
import {saveAndLoad} from '../support/saving';
import {stateOf} from '../support/state';
import {compiled, fitOn} from '../support/training';

const x = tf.randomNormal([32, 4], 0, 1, 'float32', 1);
const y = tf.randomUniform([32, 3], 0, 1, 'float32', 2);
// Four batches an epoch.
const settings = {batchSize: 8, shuffle: false, verbose: 0} as const;
const carried = <State>(state: State): State => JSON.parse(JSON.stringify(state));

function start(optimizer: () => tf.Optimizer = () => tf.train.sgd(0.1)): tf.LayersModel {
  const model = mlp();
  model.compile({optimizer: optimizer(), loss: 'meanSquaredError'});
  return model;
}

/** Stops a training after an epoch, as a user does. */
class Stop extends tf.Callback {
  constructor(readonly last: number) {
    super();
  }
  override async onEpochEnd(epoch: number): Promise<void> {
    if (epoch === this.last) this.model.stopTraining = true;
  }
}

const importances: Record<string, () => Importance> = {
  taylor,
  movement,
  gradient,
  hessian,
  activation,
  apoz,
  contribution,
  activationEntropy,
  'activationEntropy of inputs': () => activationEntropy({side: 'input'}),
};
const timings: [name: string, options: Partial<PruningOptions>][] = [
  ['by batches', {unit: 'batch', begin: 2, end: 21, every: 7}],
  ['by batches with a decay', {unit: 'batch', begin: 2, end: 21, every: 7, collect: {decay: 0.9}}],
  ['by epochs with a decay', {begin: 1, end: 4, every: 3, collect: {decay: 0.9}}],
  ['by epochs', {begin: 1, end: 4}],
  ['by batches, by default to three quarters', {unit: 'batch', every: 5}],
];
const table = Object.entries(importances).flatMap(([name, make]) =>
  timings.map(([when, options]) => [name, when, make, options] as const),
);

/** Trains for six epochs, stopped after some of them, with the callback of each part. */
async function inParts(
  model: tf.LayersModel,
  stops: readonly number[],
  next: (before?: Pruning) => Pruning,
  pass: (model: tf.LayersModel) => Promise<tf.LayersModel> = async (same) => same,
): Promise<tf.LayersModel> {
  let [trained, callback, initialEpoch] = [model, next(), 0];
  for (const last of [...stops, 5]) {
    const callbacks = [callback, new Stop(last)];
    await trained.fit(x, y, {...settings, epochs: 6, initialEpoch, callbacks});
    trained = await pass(trained);
    callback = next(callback);
    initialEpoch = last + 1;
  }
  return trained;
}
/** A callback that goes on from the state of the one before, as another process would. */
const resuming = (make: () => Pruning) => (before?: Pruning) => {
  const callback = make();
  if (before) callback.restore(carried(before.state()));
  return callback;
};

it.each(table)(
  'a run by %s %s, stopped and resumed, ends with the same weights and masks to the bit',
  async (_, __, importance, options) => {
    const schedule = linear({from: 0.2, to: 0.7});
    const make = () => pruning({schedule, importance: importance(), where: ['hidden'], ...options});
    const adam = () => tf.train.adam(0.01);
    const whole = await inParts(start(adam), [], make);
    expect(masksOf(whole).flat()).toContain(0);
    const parts = await inParts(start(adam), [0, 2], resuming(make));
    expect(stateOf(parts)).toEqual(stateOf(whole));
  },
);

it.each(timings)(
  'a run %s, saved, loaded and resumed, or gone on with by one instance, ends with the same weights and masks to the bit',
  async (_, options) => {
    const make = () => pruning({schedule: linear({to: 0.7}), importance: taylor(), ...options});
    const whole = await inParts(start(), [], make);
    const load = (model: tf.LayersModel) => saveAndLoad(model, {includeOptimizer: true});
    const loaded = await inParts(start(), [2], resuming(make), load);
    expect(stateOf(loaded)).toEqual(stateOf(whole));
    const one = await inParts(start(), [2], (before = make()) => before);
    expect(stateOf(one)).toEqual(stateOf(whole));
  },
);

it('an instance starts without statistics for another model, and when epochs start again', async () => {
  const make = () =>
    pruning({schedule: constant(0.5), importance: taylor(), begin: 1, end: 1, collect: {decay: 0.9}});
  const alone = start();
  await alone.fit(x, y, {...settings, epochs: 2, callbacks: [make()]});
  const [callback, model] = [make(), start()];
  const first = model.getWeights().map((weight) => weight.clone());
  await model.fit(tf.neg(x), y, {...settings, epochs: 2, callbacks: [callback, new Stop(0)]});
  model.setWeights(first);
  await model.fit(x, y, {...settings, epochs: 2, callbacks: [callback]});
  expect(stateOf(model)).toEqual(stateOf(alone));
  const other = start();
  await other.fit(x, y, {...settings, epochs: 2, callbacks: [callback]});
  expect(stateOf(other)).toEqual(stateOf(alone));
});

it.each([
  ['a decay', {collect: {decay: 0.9}}],
  ['a cut that is due', {}],
])('iterativePruning() with %s resumes with bit-identical statistics', async (_, options) => {
  const make = () =>
    iterativePruning({
      monitor: 'val_loss',
      maxDrop: 9,
      step: 0.2,
      recover: 1,
      importance: taylor(),
      ...options,
    });
  const args = {...settings, validationData: [x, y] as [tf.Tensor, tf.Tensor]};
  const [whole, model] = [start(), start()];
  await whole.fit(x, y, {...args, epochs: 5, callbacks: [make()]});
  const [before, after] = [make(), make()];
  // There is no time to recover from the cut that is due at the end.
  await model.fit(x, y, {...args, epochs: 2, callbacks: [before]});
  after.restore(carried(before.state()));
  await model.fit(x, y, {...args, epochs: 5, initialEpoch: 2, callbacks: [after]});
  expect(stateOf(model)).toEqual(stateOf(whole));
});

it('resumed statistics leak no tensors', async () => {
  const model = start();
  await model.fit(x, y, {...settings, epochs: 1});
  await expectNoLeakedTensors(async () => {
    const make = () =>
      pruning({
        schedule: linear({to: 0.7}),
        importance: activationEntropy(),
        unit: 'batch',
        begin: 2,
        end: 20,
        every: 6,
      });
    const [before, after] = [make(), make()];
    await model.fit(x, y, {...settings, epochs: 6, callbacks: [before, new Stop(2)]});
    after.restore(carried(before.state()));
    await model.fit(x, y, {...settings, epochs: 6, initialEpoch: 3, callbacks: [after]});
  });
});

it('a state of another recipe is rejected before the first batch', async () => {
  const make = (importance: Importance) =>
    pruning({schedule: constant(0.5), importance, unit: 'batch', begin: 9, end: 9});
  const model = start();
  const before = make(taylor());
  await model.fit(x, y, {...settings, epochs: 6, callbacks: [before, new Stop(0)]});
  const after = make(movement());
  after.restore(carried(before.state()));
  const untouched = stateOf(model);
  await expect(
    model.fit(x, y, {...settings, epochs: 6, initialEpoch: 1, callbacks: [after]}),
  ).rejects.toThrow(
    'pruning: the state is of another recipe, one with statistics meanAbsGradient of weight "hidden/kernel"',
  );
  expect(stateOf(model)).toEqual(untouched);
});

/** Asks a callback for its state after each batch; undefined where it refuses. */
async function statesOf(callback: ReturnType<typeof pruning>, epochs = 3) {
  const found: (number | string)[] = [];
  class Ask extends tf.Callback {
    override async onBatchEnd(): Promise<void> {
      try {
        found.push(callback.state().batches);
      } catch (error) {
        found.push((error as Error).message);
      }
    }
    override async onEpochEnd(): Promise<void> {
      callback.state();
    }
  }
  await start().fit(x, y, {...settings, epochs, callbacks: [callback, new Ask()]});
  return found;
}

it('state() throws in the middle of an epoch if it would lose statistics', async () => {
  const lost = (batches: number) =>
    `pruning: state() would lose the statistics of ${batches} batches; call it when an epoch has ended, from a callback ` +
    'after pruning(), or after fit';
  const make = (options: Partial<PruningOptions>) =>
    pruning({schedule: constant(0.5), importance: taylor(), ...options});
  expect(await statesOf(make({unit: 'batch', begin: 5, end: 5}), 2)).toEqual([
    lost(1),
    lost(2),
    lost(3),
    lost(4),
    lost(1),
    6,
    7,
    8,
  ]);
  expect(await statesOf(make({begin: 0, end: 1, collect: {decay: 0.5}}))).toEqual(
    [1, 2, 3, 4, 1, 2, 3, 4].map(lost).concat([9, 10, 11, 12] as never),
  );
  expect(await statesOf(make({begin: 0, end: 1}), 2)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await statesOf(pruning({schedule: constant(0.5), unit: 'batch', begin: 5, end: 5}), 2)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8,
  ]);
});

describe.each([
  ['by epochs', {begin: 0, end: 1}],
  ['by batches', {unit: 'batch' as const, begin: 0, end: 5}],
])('after its last update a run %s', (_, timing) => {
  const make = () => pruning({schedule: constant(0.5), ...timing});

  it('resumes to recover, like an uninterrupted run', async () => {
    const [whole, model] = [start(), start()];
    await whole.fit(x, y, {...settings, epochs: 6, callbacks: [make()]});
    const [before, after] = [make(), make()];
    await model.fit(x, y, {...settings, epochs: 6, callbacks: [before, new Stop(3)]});
    after.restore(carried(before.state()));
    const {history} = await model.fit(x, y, {...settings, epochs: 6, initialEpoch: 4, callbacks: [after]});
    expect(stateOf(model)).toEqual(stateOf(whole));
    expect(history.sparsity).toEqual([0.5, 0.5]);
    expect(after.results).toEqual([]);
  });

  it('resumes with the same instance', async () => {
    const model = start();
    const callback = make();
    await model.fit(x, y, {...settings, epochs: 4, callbacks: [callback]});
    await model.fit(x, y, {...settings, epochs: 6, initialEpoch: 4, callbacks: [callback]});
    expect(report(model).total.sparsity).toBe(0.5);
  });
});

it('a new callback is rejected after the last update of its plan', async () => {
  const callback = pruning({schedule: constant(0.5), begin: 0, end: 1});
  const args = {...settings, epochs: 6, initialEpoch: 4, callbacks: [callback]};
  await expect(start().fit(x, y, args)).rejects.toThrow(/^pruning: nothing would be pruned/);
});

describe('stopping early, before anything is pruned,', () => {
  it.each([1, 2, 3])('after %i batches of the first epoch is no error', async (batches) => {
    const callback = pruning({schedule: constant(0.5), unit: 'batch', begin: 20, end: 23});
    let seen = 0;
    class StopAfter extends tf.Callback {
      override async onBatchEnd(): Promise<void> {
        if (++seen === batches) this.model.stopTraining = true;
      }
    }
    const {history} = await start().fit(x, y, {
      ...settings,
      epochs: 6,
      callbacks: [callback, new StopAfter()],
    });
    expect(history.sparsity).toEqual([0]);
    expect(seen).toBe(batches);
  });

  it('is no error in fitDataset, of known and of unknown size', async () => {
    for (const known of [true, false]) {
      const batch = () => ({xs: tf.ones([2, 4]), ys: tf.zeros([2, 3])});
      const dataset = tf.data.generator(function* () {
        for (let i = 0; i < 40; i++) yield batch();
      }) as tf.data.Dataset<tf.TensorContainer>;
      class StopAtOnce extends tf.Callback {
        override async onBatchEnd(): Promise<void> {
          this.model.stopTraining = true;
        }
      }
      const callback = pruning({schedule: constant(0.5), unit: 'batch', begin: 20, end: 23});
      await compiled().fitDataset(dataset, {
        epochs: 5,
        verbose: 0,
        ...(known ? {batchesPerEpoch: 8} : {}),
        callbacks: [callback, new StopAtOnce()],
      });
      expect(callback.results).toEqual([]);
    }
  });

  it('by epochs is no error', async () => {
    const callback = pruning({schedule: constant(0.5), begin: 3, end: 4});
    const history = await fitOn(compiled(), {epochs: 6, callbacks: [callback, new Stop(0)]});
    expect(history.sparsity).toEqual([0]);
  });
});

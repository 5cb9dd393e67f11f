import * as tf from '@tensorflow/tfjs';
import {constant, cosine, linear, steps} from 'tfjs-pruning';
import {learningRate, pruning} from 'tfjs-pruning/callbacks';
import {expectNoLeakedTensors} from '../support/memory';
import {examples, mlp} from '../support/models';
import {stateOf} from '../support/state';

const {x, y} = examples();
const quiet = {shuffle: false, verbose: 0, batchSize: 4} as const;

function compiled(optimizer: tf.Optimizer = tf.train.adam(0.5)): tf.Sequential {
  const model = mlp();
  model.compile({optimizer, loss: 'meanSquaredError'});
  return model;
}

/** The rates of a fit: at the end of each epoch, and of each batch. */
async function ratesOf(callbacks: tf.Callback[], args: Partial<tf.ModelFitArgs> = {}, model = compiled()) {
  const batches: number[] = [];
  class Watch extends tf.Callback {
    override async onBatchEnd() {
      batches.push((model.optimizer as tf.Optimizer & {learningRate?: number}).learningRate as number);
    }
  }
  const {history} = await model.fit(x, y, {
    ...quiet,
    epochs: 4,
    ...args,
    callbacks: [...callbacks, new Watch()],
  });
  return {epochs: history.learningRate as number[], batches};
}
const about = (values: number[]) => values.map((value) => expect.closeTo(value, 6));

describe('learningRate()', () => {
  it.each<[string, (rate: number) => tf.Optimizer]>([
    ['SGD', (rate) => tf.train.sgd(rate)],
    ['Momentum', (rate) => tf.train.momentum(rate, 0.9)],
    ['Nesterov momentum', (rate) => tf.train.momentum(rate, 0.9, true)],
    ['Adagrad', (rate) => tf.train.adagrad(rate)],
    ['Adadelta', (rate) => tf.train.adadelta(rate)],
    ['Adam', (rate) => tf.train.adam(rate)],
    ['Adamax', (rate) => tf.train.adamax(rate)],
    ['RMSProp', (rate) => tf.train.rmsprop(rate)],
    ['centered RMSProp', (rate) => tf.train.rmsprop(rate, 0.9, 0.5, undefined, true)],
  ])('sets the rate of %s', async (_, make) => {
    const [model, expected] = [compiled(make(0.5)), compiled(make(0.02))];
    await model.fit(x, y, {...quiet, epochs: 2, callbacks: [learningRate({schedule: constant(0.02)})]});
    await expected.fit(x, y, {...quiet, epochs: 2});
    expect(stateOf(model)).toEqual(stateOf(expected));
    // Another rate has another result.
    const other = compiled(make(0.5));
    await other.fit(x, y, {...quiet, epochs: 2});
    expect(stateOf(other)).not.toEqual(stateOf(expected));
  });

  it('follows its schedule from the first to the last epoch', async () => {
    const callback = () => learningRate({schedule: linear({from: 0.8, to: 0.2})});
    expect((await ratesOf([callback()])).epochs).toEqual(about([0.8, 0.6, 0.4, 0.2]));
    expect((await ratesOf([callback()], {epochs: 1})).epochs).toEqual([0.2]);
    const {batches} = await ratesOf([callback()], {epochs: 2});
    expect(batches).toEqual(about([0.8, 0.8, 0.2, 0.2]));
  });

  it('follows its schedule by batches', async () => {
    const callback = learningRate({schedule: linear({from: 0.8, to: 0.1}), unit: 'batch'});
    const {epochs, batches} = await ratesOf([callback]);
    expect(batches).toEqual(about([0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]));
    expect(epochs).toEqual(about([0.7, 0.5, 0.3, 0.1]));
  });

  it('holds the first rate until begin, and the last one from end on', async () => {
    const schedule = linear({from: 0.9, to: 0.3});
    expect((await ratesOf([learningRate({schedule, begin: 1, end: 2})])).epochs).toEqual(
      about([0.9, 0.9, 0.3, 0.3]),
    );
    const batches = learningRate({schedule, unit: 'batch', begin: 2, end: 5});
    expect((await ratesOf([batches])).batches).toEqual(about([0.9, 0.9, 0.9, 0.7, 0.5, 0.3, 0.3, 0.3]));
    expect((await ratesOf([learningRate({schedule, begin: 2, end: 2})])).epochs).toEqual(
      about([0.9, 0.9, 0.3, 0.3]),
    );
  });

  it.each([
    ['before', (pruner: tf.Callback, rate: tf.Callback) => [pruner, rate]],
    ['after', (pruner: tf.Callback, rate: tf.Callback) => [rate, pruner]],
  ])('holds the rate until pruning() ends, which is %s it in the list', async (_, order) => {
    const schedule = linear({from: 0.9, to: 0.1});
    const byEpoch = (end?: number) => pruning({schedule: constant(0.5), begin: 0, end});
    const byBatch = (end: number) => pruning({schedule: constant(0.5), unit: 'batch', begin: 0, end});
    const epochs = async (pruner: tf.Callback) =>
      (await ratesOf(order(pruner, learningRate({schedule})), {epochs: 5})).epochs;
    const batches = async (pruner: tf.Callback) => {
      const rate = learningRate({schedule, unit: 'batch'});
      return (await ratesOf(order(pruner, rate), {epochs: 4})).batches;
    };
    // The last update is after the epoch 1, so that the epoch 2 is the first to recover.
    expect(await epochs(byEpoch(1))).toEqual(about([0.9, 0.9, 0.9, 0.5, 0.1]));
    // By default the last update of five epochs is after the epoch 3.
    expect(await epochs(byEpoch())).toEqual(about([0.9, 0.9, 0.9, 0.9, 0.1]));
    // The batches 0 to 3 are those of the epochs 0 and 1.
    expect(await epochs(byBatch(3))).toEqual(about([0.9, 0.9, 0.9, 0.5, 0.1]));
    expect(await epochs(byBatch(2))).toEqual(about([0.9, 0.9, 0.9, 0.5, 0.1]));
    expect(await batches(byBatch(3))).toEqual(
      about([0.9, 0.9, 0.9, 0.9, 0.9, 0.9 - 0.8 / 3, 0.9 - 1.6 / 3, 0.1]),
    );
    expect(await batches(byEpoch(1))).toEqual(
      about([0.9, 0.9, 0.9, 0.9, 0.9, 0.9 - 0.8 / 3, 0.9 - 1.6 / 3, 0.1]),
    );
  });

  it('does not hold it beside pruning() where begin is given', async () => {
    const callbacks = [
      pruning({schedule: constant(0.5)}),
      learningRate({schedule: linear({from: 0.8, to: 0.2}), begin: 0}),
    ];
    expect((await ratesOf(callbacks)).epochs).toEqual(about([0.8, 0.6, 0.4, 0.2]));
  });

  it.each(['epoch', 'batch'] as const)(
    'resumes by %s, in another process or in another fit',
    async (unit) => {
      const make = () =>
        [
          pruning({schedule: constant(0.5), unit: 'batch', begin: 0, end: 3}),
          learningRate({schedule: cosine({from: 0.1, to: 0.01}), unit}),
        ] as const;
      const whole = compiled();
      const {batches} = await ratesOf([...make()], {epochs: 6}, whole);
      for (const isSame of [false, true]) {
        const model = compiled();
        class Stop extends tf.Callback {
          override async onEpochEnd(epoch: number) {
            this.model.stopTraining = epoch === 2;
          }
        }
        const first = make();
        const before = await ratesOf([...first, new Stop()], {epochs: 6}, model);
        const second = isSame ? first : make();
        if (!isSame) {
          second[0].restore(JSON.parse(JSON.stringify(first[0].state())));
          second[1].restore(JSON.parse(JSON.stringify(first[1].state())));
        }
        const after = await ratesOf([...second], {initialEpoch: 3, epochs: 6}, model);
        expect([...before.batches, ...after.batches]).toEqual(batches);
        expect(stateOf(model)).toEqual(stateOf(whole));
      }
    },
  );

  it('leaves the last rate to the optimizer', async () => {
    const model = compiled(tf.train.sgd(0.5));
    await ratesOf([learningRate({schedule: steps([0.5, 0.25])})], {}, model);
    expect(model.optimizer.getConfig()).toMatchObject({learningRate: 0.25});
  });

  it('works in fitDataset by epochs, and by batches with an end', async () => {
    const batches = tf.data.generator(function* () {
      for (const start of [0, 4])
        yield {xs: tf.slice(x, [start, 0], [4, 4]), ys: tf.slice(y, [start, 0], [4, 3])};
    }) as tf.data.Dataset<tf.TensorContainer>;
    const schedule = linear({from: 0.8, to: 0.2});
    const run = async (callback: tf.Callback) => {
      const {history} = await compiled().fitDataset(batches, {epochs: 4, verbose: 0, callbacks: [callback]});
      return history.learningRate;
    };
    expect(await run(learningRate({schedule}))).toEqual(about([0.8, 0.6, 0.4, 0.2]));
    expect(await run(learningRate({schedule, unit: 'batch', end: 3}))).toEqual(about([0.6, 0.2, 0.2, 0.2]));
    await expect(run(learningRate({schedule, unit: 'batch'}))).rejects.toThrow(
      'learningRate: the number of batches is not known here, so give `end`',
    );
  });

  it('leaks nothing', async () => {
    for (const optimizer of [tf.train.sgd(0.1), tf.train.momentum(0.1, 0.9), tf.train.adam(0.1)]) {
      const model = compiled(optimizer);
      await ratesOf([], {}, model);
      await expectNoLeakedTensors(() =>
        ratesOf([learningRate({schedule: linear({from: 0.1, to: 0.01}), unit: 'batch'})], {}, model),
      );
    }
  });
});

/** An optimizer of the user's, which keeps its rate to itself. */
class Rateless extends tf.Optimizer {
  static className = 'Rateless';
  override applyGradients(): void {}
  override getConfig() {
    return {};
  }
}

it.each<[string, () => tf.Callback[], string | RegExp, (() => tf.Optimizer)?]>([
  [
    'an optimizer without a rate',
    () => [learningRate({schedule: constant(0.1)})],
    'learningRate: optimizer Rateless has no learningRate; compile with one of tfjs',
    () => new Rateless(),
  ],
  [
    'a schedule that returns NaN',
    () => [learningRate({schedule: () => Number.NaN})],
    'learningRate: the schedule at progress 0 must be a number from 0, got NaN',
  ],
  [
    'a schedule that becomes negative',
    () => [learningRate({schedule: linear({from: 0.1, to: -0.1})})],
    /^learningRate: the schedule at progress 0\.51 must be a number from 0, got -0\.00/,
  ],
  [
    'a held rate of 0',
    () => [learningRate({schedule: cosine({to: 0.1}), begin: 2})],
    'learningRate: the rate is 0 until epoch 2, as the schedule begins with 0; give the schedule another start',
  ],
  [
    'an end before begin',
    () => [learningRate({schedule: constant(0.1), begin: 2, end: 1})],
    'learningRate: begin 2, by default after the last update of pruning, is after end 1',
  ],
  [
    'pruning until the last epoch',
    () => [pruning({schedule: constant(0.5), end: 3}), learningRate({schedule: constant(0.1)})],
    'learningRate: begin 4, by default after the last update of pruning, is after end 3',
  ],
  [
    'a state that is none',
    () => {
      const callback = learningRate({schedule: constant(0.1)});
      callback.restore({} as never);
      return [callback];
    },
    'learningRate: state must be a state of learningRate(), got an object',
  ],
])('%s is an error before the first batch', async (_, make, message, optimizer = () => tf.train.sgd(0.1)) => {
  const model = compiled(optimizer());
  const before = stateOf(model);
  await expect((async () => ratesOf(make(), {}, model))()).rejects.toThrow(message);
  expect(stateOf(model)).toEqual(before);
});

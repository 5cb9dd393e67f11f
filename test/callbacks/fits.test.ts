import * as tf from '@tensorflow/tfjs';
import {constant, l1, prune, report} from 'tfjs-pruning';
import {
  evaluation,
  iterativePruning,
  project,
  pruning,
  pruningSummaries,
  sparsityLoss,
} from 'tfjs-pruning/callbacks';
import {f1} from 'tfjs-pruning/metrics';
import {examples} from '../support/models';
import {stateOf} from '../support/state';
import {compiled, expectNoBatch, fitOn} from '../support/training';

const {x, y} = examples();
const writer = {scalar: () => {}, flush: () => {}};
const factories: Record<string, () => tf.Callback> = {
  pruning: () => pruning({schedule: constant(0.5), begin: 1, end: 1}),
  'pruning by batches': () => pruning({schedule: constant(0.5), unit: 'batch', begin: 3, end: 3}),
  iterativePruning: () => iterativePruning({monitor: 'val_loss', step: 0.3}),
  project: () => project({sparsity: 0.5}),
  sparsityLoss: () => sparsityLoss({penalty: l1(), strength: 0.1}),
  'sparsityLoss with a proximal step': () => sparsityLoss({penalty: l1(), strength: 0.1, proximal: true}),
  evaluation: () => evaluation({metrics: [f1()], data: [x, tf.zeros([8], 'int32')]}),
  pruningSummaries: () => pruningSummaries(writer),
};
const cases = Object.entries(factories);
const refusal = (name: string) =>
  new RegExp(`^${name.split(' ')[0]}: this callback is in a fit that still runs; call `);

/** Counts the batches of the fit that it is in. */
class Count extends tf.Callback {
  batches = 0;
  override async onBatchEnd(): Promise<void> {
    this.batches++;
  }
}
/** Lets other fits begin before the callbacks after it know of theirs. */
class Slow extends tf.Callback {
  override async onTrainBegin(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
const settings = {epochs: 3, batchSize: 4, validationData: [x, y] as [tf.Tensor, tf.Tensor]};

describe.each([
  ['first in their lists', () => []],
  ['after a slow callback', () => [new Slow()]],
])('a callback in two fits at the same time, %s', (_, leading) => {
  it.each(cases)(
    'is refused by the second before its first batch, and trains the first as alone: %s',
    async (name, make) => {
      const [first, second, alone] = [compiled(), compiled(), compiled()];
      const callback = make();
      const untouched = stateOf(second);
      const count = new Count();
      const [one, other] = await Promise.allSettled([
        fitOn(first, {...settings, callbacks: [...leading(), callback]}),
        fitOn(second, {...settings, epochs: 7, callbacks: [...leading(), callback, count]}),
      ]);
      expect(one.status).toBe('fulfilled');
      expect(other).toMatchObject({
        status: 'rejected',
        reason: {message: expect.stringMatching(refusal(name))},
      });
      expect(count.batches).toBe(0);
      expect(stateOf(second)).toEqual(untouched);
      const history = await fitOn(alone, {...settings, callbacks: [make()]});
      expect((one as PromiseFulfilledResult<object>).value).toEqual(history);
      expect(stateOf(first)).toEqual(stateOf(alone));
    },
  );
});

it.each(cases)(
  'a callback in two fits one after the other is fine, also where the first throws: %s',
  async (_, make) => {
    const callback = make();
    class Broken extends tf.Callback {
      override async onEpochEnd(): Promise<void> {
        throw new Error('broken');
      }
    }
    await expect(fitOn(compiled(), {...settings, callbacks: [callback, new Broken()]})).rejects.toThrow(
      'broken',
    );
    await fitOn(compiled(), {...settings, callbacks: [callback]});
  },
);

it('a callback can be used again after a fit that ended before its first batch', async () => {
  const [model, callback] = [compiled(), factories.pruning()];
  const bad = pruning({schedule: constant(0.5), begin: 9, end: 9});
  await expect(fitOn(model, {...settings, callbacks: [callback, bad]})).rejects.toThrow('pruning: end 9');
  await fitOn(compiled(), {...settings, callbacks: [callback]});
});

it.each(Object.entries({evaluation, iterativePruning, project, pruning, pruningSummaries, sparsityLoss}))(
  'callbacks: [%s], uncalled, is refused before the first batch, wherever it stands',
  async (name, factory) => {
    const message = `${name}: fit takes a callback, got the function ${name}; call it, as ${name}(…)`;
    await expectNoBatch(() => factory as unknown as tf.Callback, message);
    const model = compiled();
    for (const callbacks of [[factory], [new Count(), factory], factory]) {
      await expect(fitOn(model, {...settings, callbacks: callbacks as never})).rejects.toThrow(message);
    }
    await fitOn(model, settings);
  },
);

describe('history.sparsity is the sparsity of the model at the end of the epoch', () => {
  /** The sparsities of a model after each epoch, by a look of its own. */
  async function compare(callbacksOf: (model: tf.LayersModel) => tf.Callback[]) {
    const model = compiled();
    const seen: number[] = [];
    class Look extends tf.Callback {
      override async onEpochBegin(epoch: number): Promise<void> {
        if (epoch > 0) seen.push(report(model).total.sparsity);
      }
    }
    const history = await fitOn(model, {
      ...settings,
      epochs: 4,
      callbacks: [new Look(), ...callbacksOf(model)],
    });
    expect(history.sparsity).toEqual([...seen, report(model).total.sparsity]);
    return history.sparsity as number[];
  }
  /** Prunes at the end of an epoch, as a user may. */
  class Own extends tf.Callback {
    constructor(readonly pruned: tf.LayersModel) {
      super();
    }
    override async onEpochEnd(epoch: number): Promise<void> {
      if (epoch === 1) await prune(this.pruned, 0.75);
    }
  }
  const part = (where: string, to: number, time: number) =>
    pruning({schedule: constant(to), begin: time, end: time, where: [where]});

  it('with two pruning() callbacks for different weights', async () => {
    await compare(() => [part('hidden', 0.5, 0), part('output', 0.5, 1)]);
    await compare(() => [part('hidden', 0.5, 1), part('output', 0.5, 0)]);
    await compare(() => [part('hidden', 0.5, 1), part('output', 0.5, 1)]);
  });

  it('with a call of prune() before or after it in the list', async () => {
    expect((await compare((model) => [new Own(model), part('hidden', 0.5, 0)]))[1]).toBeGreaterThan(0.7);
    expect((await compare((model) => [part('hidden', 0.5, 0), new Own(model)]))[1]).toBeGreaterThan(0.7);
  });

  it('with iterativePruning() before or after pruning(), and a prune() after both', async () => {
    const loop = () => iterativePruning({monitor: 'val_loss', step: 0.3, maxDrop: 9});
    await compare(() => [loop(), part('output', 0.5, 2)]);
    await compare(() => [part('output', 0.5, 2), loop()]);
    await compare((model) => [loop(), part('output', 0.5, 2), new Own(model)]);
  });

  it('in fitDataset', async () => {
    const model = compiled();
    const dataset = tf.data.array([{xs: x, ys: y}]) as unknown as tf.data.Dataset<tf.TensorContainer>;
    const callbacks = [part('hidden', 0.5, 0), new Own(model)];
    const {history} = await model.fitDataset(dataset, {epochs: 3, verbose: 0, callbacks});
    expect(history.sparsity[2]).toBe(report(model).total.sparsity);
    expect(history.sparsity[1]).toBe(report(model).total.sparsity);
    expect(history.sparsity[0]).toBe(12 / 42);
  });
});

import * as tf from '@tensorflow/tfjs';
import {l1, l2, linear, polynomial, prune} from 'tfjs-pruning';
import {pruning, sparsityLoss} from 'tfjs-pruning/callbacks';
import {backends, useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {examples, kernelsOf, mlp} from '../support/models';
import {compiled, fitOn} from '../support/training';

const magnitudeOf = (model: tf.LayersModel) =>
  kernelsOf(model)
    .flat()
    .reduce((sum, w) => sum + Math.abs(w), 0);

/** A model in which nothing moves, so that its loss shows the added terms. */
function still(): tf.Sequential {
  const model = mlp();
  model.compile({optimizer: tf.train.sgd(0), loss: 'meanSquaredError'});
  return model;
}

/** What a fit of a still model adds to the loss in each epoch. */
async function addedTo(model: tf.LayersModel, args: tf.ModelFitArgs): Promise<number[]> {
  const [plain] = (await fitOn(model, {epochs: 1})).loss as number[];
  const {loss} = await fitOn(model, args);
  return (loss as number[]).map((value) => value - plain);
}

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it('the penalty shrinks weights', async () => {
    const [drawn, free] = [compiled(), compiled()];
    await fitOn(drawn, {epochs: 10, callbacks: [sparsityLoss({penalty: l1(), strength: 0.5})]});
    await fitOn(free, {epochs: 10});
    expect(magnitudeOf(drawn)).toBeLessThan(0.9 * magnitudeOf(free));
  });

  it('pruning() and sparsityLoss() work together, and leak no tensors', async () => {
    const model = compiled();
    await fitOn(model, {epochs: 1});
    await expectNoLeakedTensors(async () => {
      const {sparsity} = await fitOn(model, {
        epochs: 4,
        callbacks: [
          sparsityLoss({penalty: l2(), strength: linear({to: 0.01})}),
          pruning({schedule: polynomial({to: 0.5})}),
        ],
      });
      expect(sparsity.at(-1)).toBe(0.5);
    });
  });
});

it('strength may be a schedule of the progress from first to last epoch', async () => {
  const model = still();
  const cost = magnitudeOf(model);
  const strength = linear({from: 0.1, to: 0.3});
  const added = await addedTo(model, {epochs: 3, callbacks: [sparsityLoss({penalty: l1(), strength})]});
  [0.1, 0.2, 0.3].forEach((expected, epoch) => {
    expect(added[epoch]).toBeCloseTo(expected * cost, 4);
  });
});

it('a strength of 0 does not change the loss', async () => {
  const added = await addedTo(still(), {epochs: 1, callbacks: [sparsityLoss({penalty: l1(), strength: 0})]});
  expect(added).toEqual([0]);
});

it('two sparsityLoss() callbacks add up', async () => {
  const model = still();
  const cost = magnitudeOf(model);
  const callbacks = [0.1, 0.2].map((strength) => sparsityLoss({penalty: l1(), strength}));
  const [added] = await addedTo(model, {epochs: 1, callbacks});
  expect(added).toBeCloseTo(0.3 * cost, 4);
});

it('one callback in two fits is not attached twice', async () => {
  const model = still();
  const callback = sparsityLoss({penalty: l1(), strength: 0.1});
  const once = await addedTo(model, {epochs: 1, callbacks: [callback]});
  expect(await addedTo(model, {epochs: 1, callbacks: [callback]})).toEqual(once);
  expect(once[0]).toBeCloseTo(0.1 * magnitudeOf(model), 4);
});

it('one sparsityLoss() twice in a list counts twice, and is removed twice', async () => {
  const model = still();
  const callback = sparsityLoss({penalty: l1(), strength: 0.1});
  const [added] = await addedTo(model, {epochs: 1, callbacks: [callback, callback]});
  expect(added).toBeCloseTo(0.2 * magnitudeOf(model), 4);
  expect(await addedTo(model, {epochs: 1})).toEqual([0]);
});

it('sparsityLoss() removes its loss after fit', async () => {
  const model = still();
  await fitOn(model, {epochs: 1, callbacks: [sparsityLoss({penalty: l1(), strength: 10})]});
  expect(await addedTo(still(), {epochs: 1})).toEqual([0]);
  expect(await fitOn(model, {epochs: 1})).toEqual(await fitOn(still(), {epochs: 1}));
});

it('sparsityLoss() removes its loss after a fit that throws', async () => {
  const model = still();
  const failing = new tf.CustomCallback({
    onBatchEnd: async () => {
      throw new Error('enough');
    },
  }) as unknown as tf.Callback;
  const callbacks = [sparsityLoss({penalty: l1(), strength: 10}), failing];
  await expect(fitOn(model, {epochs: 1, callbacks})).rejects.toThrow('enough');
  expect(await fitOn(model, {epochs: 1})).toEqual(await fitOn(still(), {epochs: 1}));
});

it('a second concurrent fit is rejected, and the penalty of the first remains', async () => {
  const model = still();
  const callbacks = () => [sparsityLoss({penalty: l1(), strength: 0.1})];
  const [plain] = (await fitOn(model, {epochs: 1})).loss as number[];
  const running = fitOn(model, {epochs: 3, callbacks: callbacks()});
  await expect(fitOn(model, {epochs: 1, callbacks: callbacks()})).rejects.toThrow(
    'another fit() call is ongoing',
  );
  for (const loss of (await running).loss as number[]) {
    expect(loss - plain).toBeCloseTo(0.1 * magnitudeOf(model), 4);
  }
});

it('val_loss and evaluate() do not include the penalty', async () => {
  const model = still();
  const {x, y} = examples();
  const {loss, val_loss} = await fitOn(model, {
    epochs: 1,
    validationData: [x, y],
    callbacks: [sparsityLoss({penalty: l1(), strength: 10})],
  });
  const plain = (model.evaluate(x, y) as tf.Scalar).dataSync()[0];
  expect(val_loss[0]).toBeCloseTo(plain, 5);
  expect((loss[0] as number) - plain).toBeCloseTo(10 * magnitudeOf(model), 2);
});

it('fitDataset includes the penalty like fit', async () => {
  const model = still();
  const {x, y} = examples();
  const dataset = tf.data.array([{xs: x, ys: y}]) as unknown as tf.data.Dataset<tf.TensorContainer>;
  const plain = (model.evaluate(x, y) as tf.Scalar).dataSync()[0];
  const callbacks = [sparsityLoss({penalty: l1(), strength: linear({from: 0.1, to: 0.2})})];
  const {history} = await model.fitDataset(dataset, {epochs: 2, verbose: 0, callbacks});
  (history.loss as number[]).forEach((loss, epoch) => {
    expect(loss - plain).toBeCloseTo([0.1, 0.2][epoch] * magnitudeOf(model), 4);
  });
});

it('the sparsity loss is not saved with the model, and works with masks', async () => {
  const model = still();
  await prune(model, 0.5);
  const before = JSON.stringify(model.toJSON(null, false));
  const callbacks = [sparsityLoss({penalty: l1(), strength: 0.1})];
  const [added] = await addedTo(model, {epochs: 1, callbacks});
  expect(added).toBeCloseTo(0.1 * magnitudeOf(model), 4);
  expect(JSON.stringify(model.toJSON(null, false))).toBe(before);
});

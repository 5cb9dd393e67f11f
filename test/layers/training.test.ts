import * as tf from '@tensorflow/tfjs';
import {channel, prune} from 'tfjs-pruning';
import {backends, useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {convNet, examples, kernelsOf, masksOf, mlp} from '../support/models';
import {optimizers, slotsOf} from '../support/optimizers';

/** Fails unless every masked element is stored as 0. */
function expectZeros(model: tf.LayersModel): void {
  const kernels = kernelsOf(model);
  const masked = masksOf(model).flatMap((bits, i) => kernels[i].filter((_, j) => bits[j] === 0));
  expect(masked.length).toBeGreaterThan(0);
  expect(masked.filter((value) => !Object.is(value, 0))).toEqual([]);
}

/** The slots of an optimizer, by list and trained weight. */
const remembered = (model: tf.LayersModel) =>
  slotsOf(model.optimizer).map((list) => list.map(({variable}) => [...variable.dataSync()]));

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  describe.each(optimizers)('under $name', ({make, start}) => {
    const compiled = () => {
      const model = mlp({kernelRegularizer: 'l1l2'});
      model.compile({optimizer: make(), loss: 'meanSquaredError'});
      return model;
    };
    const train = async (model: tf.LayersModel) => {
      const {x, y} = examples();
      await model.trainOnBatch(x, y);
    };

    it('a weight pruned during training stays exactly 0 after every step', async () => {
      const model = compiled();
      for (let step = 0; step < 3; step++) {
        await train(model);
      }
      for (const sparsity of [0.3, 0.6]) {
        await prune(model, sparsity);
        expectZeros(model);
        for (let step = 0; step < 4; step++) {
          const before = kernelsOf(model);
          await train(model);
          expectZeros(model);
          expect(kernelsOf(model)).not.toEqual(before);
        }
      }
    });

    it('a weight pruned before training stays exactly 0 after every step', async () => {
      const model = compiled();
      await prune(model, 0.5);
      for (let step = 0; step < 4; step++) {
        await train(model);
        expectZeros(model);
      }
    });

    it('a weight pruned before compiling stays exactly 0 after every step', async () => {
      const model = mlp({kernelRegularizer: 'l1l2'});
      await prune(model, 0.5);
      model.compile({optimizer: make(), loss: 'meanSquaredError'});
      for (let step = 0; step < 4; step++) {
        await train(model);
        expectZeros(model);
      }
    });

    it('slots of masked elements have their initial value, and others are unchanged', async () => {
      const model = compiled();
      for (let step = 0; step < 3; step++) {
        await train(model);
      }
      const before = remembered(model);
      await prune(model, 0.5);
      const [hidden, output] = masksOf(model);
      const reset = (values: number[], mask: number[]) =>
        values.map((value, i) => (mask[i] === 1 ? value : Math.fround(start)));
      const expected = before.map((list) => [
        reset(list[0], hidden),
        list[1],
        reset(list[2], output),
        list[3],
      ]);
      expect(remembered(model)).toEqual(expected);
      if (before.length > 0) {
        expect(expected).not.toEqual(before);
      }
    });
  });
});

it('slots keep their order and number, so that training continues', async () => {
  const model = mlp();
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  const {x, y} = examples();
  await model.trainOnBatch(x, y);
  const names = () => slotsOf(model.optimizer).map((list) => list.map(({originalName}) => originalName));
  const before = names();
  await prune(model, 0.5);
  await model.trainOnBatch(x, y);
  expect(names()).toEqual(before);
  expect(before).toHaveLength(2);
});

it('slots of a frozen layer are not assigned to other layers', async () => {
  const model = mlp();
  model.layers[0].trainable = false;
  model.compile({optimizer: tf.train.momentum(0.1, 0.9), loss: 'meanSquaredError'});
  const {x, y} = examples();
  await model.trainOnBatch(x, y);
  const before = remembered(model);
  await prune(model, 0.5, {where: ['hidden']});
  expect(remembered(model)).toEqual(before);
  await model.trainOnBatch(x, y);
  expectZeros(model);
});

it('slots are found after a layer is frozen without compiling again', async () => {
  const model = mlp();
  model.compile({optimizer: tf.train.momentum(0.1, 0.9), loss: 'meanSquaredError'});
  const {x, y} = examples();
  await model.trainOnBatch(x, y);
  model.layers[0].trainable = false;
  const [before] = remembered(model);
  await prune(model, 0.5, {where: ['output']});
  const mask = masksOf(model)[1];
  const expected = before[2].map((value, i) => (mask[i] === 1 ? value : 0));
  expect(remembered(model)).toEqual([[before[0], before[1], expected, before[3]]]);
});

it('pruned filters of a convolution stay 0, and the others train', async () => {
  const model = convNet();
  model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});
  const x = tf.randomNormal([4, 6, 6, 2], 0, 1, 'float32', 1);
  const y = tf.oneHot(tf.tensor1d([0, 1, 2, 0], 'int32'), 3);
  await model.trainOnBatch(x, y);
  await prune(model, 0.5, {pattern: channel()});
  for (let step = 0; step < 3; step++) {
    await model.trainOnBatch(x, y);
    expectZeros(model);
  }
  const kept = masksOf(model)[0].map((bit, i) => bit * kernelsOf(model)[0][i]);
  expect(new Set(kept.filter((value) => value !== 0).map(String)).size).toBe(36);
});

it('pruning during training leaks no tensors', async () => {
  for (const {make} of optimizers) {
    const model = mlp();
    model.compile({optimizer: make(), loss: 'meanSquaredError'});
    const {x, y} = examples();
    await model.trainOnBatch(x, y);
    await expectNoLeakedTensors(() => prune(model, 0.5));
  }
});

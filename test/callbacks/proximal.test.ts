import * as tf from '@tensorflow/tfjs';
import {activationL1Loss, channel, elastic, groupLasso, l1, l2, lp, prune} from 'tfjs-pruning';
import {type SparsityLossOptions, sparsityLoss} from 'tfjs-pruning/callbacks';
import {backends, useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {examples, kernelsOf, masksOf, mlp} from '../support/models';
import {attachmentsOf, expectRefusal} from '../support/state';
import {compiled, fitOn} from '../support/training';

const zerosIn = (model: tf.LayersModel) =>
  kernelsOf(model).map((kernel) => kernel.filter((w) => w === 0).length);
const smallIn = (model: tf.LayersModel) =>
  kernelsOf(model)
    .flat()
    .filter((w) => Math.abs(w) < 0.01).length;

function trainedBy(optimizer: tf.Optimizer): tf.Sequential {
  const model = mlp();
  model.compile({optimizer, loss: 'meanSquaredError'});
  return model;
}

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it('proximal steps of l1() make exact zeros, while SGD with l1() only makes weights small', async () => {
    const [plain, proximal] = [compiled(), compiled()];
    const before = smallIn(plain);
    const options = {penalty: l1(), strength: 0.5};
    await fitOn(plain, {epochs: 100, callbacks: [sparsityLoss(options)]});
    await fitOn(proximal, {epochs: 100, callbacks: [sparsityLoss({...options, proximal: true})]});
    expect(before).toBeLessThan(3);
    expect(smallIn(plain)).toBeGreaterThan(10);
    expect(zerosIn(plain)).toEqual([0, 0]);
    const [hidden, output] = zerosIn(proximal);
    expect(hidden + output).toBeGreaterThan(10);
    expect(hidden + output).toBeLessThan(42);
  });
});

it('a proximal step is the soft threshold at strength × learning rate, after the update', async () => {
  const [model, plain] = [compiled(), compiled()];
  await fitOn(plain, {epochs: 1});
  await fitOn(model, {epochs: 1, callbacks: [sparsityLoss({penalty: l1(), strength: 10, proximal: true})]});
  const [moved, updated] = [model, plain].map((each) => kernelsOf(each).flat());
  // The sgd of tfjs learns at 0.01.
  updated.forEach((w, i) => {
    expect(moved[i]).toBeCloseTo(Math.sign(w) * Math.max(0, Math.abs(w) - 0.1), 5);
  });
});

it('a proximal step uses the current rate of momentum, and does not add to the loss', async () => {
  const optimizer = tf.train.momentum(0.5, 0.9);
  const model = trainedBy(optimizer);
  optimizer.setLearningRate(0);
  const before = kernelsOf(model);
  const {loss} = await fitOn(model, {
    epochs: 1,
    callbacks: [sparsityLoss({penalty: l2(), strength: 100, proximal: true})],
  });
  expect(kernelsOf(model)).toEqual(before);
  const {x, y} = examples();
  const value = (model.evaluate(x, y) as tf.Scalar).dataSync()[0];
  expect(loss[0]).toBeCloseTo(value, 5);
});

it('a proximal step uses learningRate if the optimizer has no common rate', async () => {
  const model = trainedBy(tf.train.adam(1e-9));
  const before = kernelsOf(model).flat();
  const callback = sparsityLoss({penalty: l1(), strength: 1, proximal: true, learningRate: 0.25});
  await fitOn(model, {epochs: 1, callbacks: [callback]});
  kernelsOf(model)
    .flat()
    .forEach((w, i) => {
      expect(w).toBeCloseTo(Math.sign(before[i]) * Math.max(0, Math.abs(before[i]) - 0.25), 5);
    });
});

it('proximal steps of groupLasso() make whole units 0', async () => {
  const model = compiled();
  const penalty = groupLasso(channel());
  await fitOn(model, {
    epochs: 60,
    callbacks: [sparsityLoss({penalty, strength: 0.3, proximal: true, where: ['hidden']})],
  });
  const [hidden] = kernelsOf(model);
  const zeros = Array.from(
    {length: 6},
    (_, unit) => hidden.filter((w, i) => i % 6 === unit && w === 0).length,
  );
  expect(zeros.every((count) => count === 0 || count === 4)).toBe(true);
  expect(zeros).toContain(4);
  expect(zeros).toContain(0);
});

it('proximal steps keep masked weights at 0, and leave frozen and unselected weights unchanged', async () => {
  const model = mlp();
  model.layers[1].trainable = false;
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  await prune(model, 0.5);
  const [, frozen] = kernelsOf(model);
  const masks = masksOf(model);
  await fitOn(model, {
    epochs: 3,
    callbacks: [sparsityLoss({penalty: elastic(), strength: 1, proximal: true})],
  });
  const [hidden, output] = kernelsOf(model);
  expect(output).toEqual(frozen);
  expect(hidden.filter((w, i) => masks[0][i] === 0 && w !== 0)).toEqual([]);
  expect(masksOf(model)).toEqual(masks);
});

it('the strength of proximal steps may be a schedule of epochs', async () => {
  const model = trainedBy(tf.train.sgd(0));
  const callback = (learningRate?: number) =>
    sparsityLoss({penalty: l2(), strength: (p) => (p < 1 ? 0 : 0.5), proximal: true, learningRate});
  const before = kernelsOf(model).flat();
  await fitOn(model, {epochs: 2, callbacks: [callback(1)]});
  kernelsOf(model)
    .flat()
    .forEach((w, i) => {
      expect(w).toBeCloseTo(before[i] / 2, 6);
    });
});

it('proximal callbacks detach themselves in any order', async () => {
  const model = compiled();
  await fitOn(model, {epochs: 1});
  const before = attachmentsOf(model);
  const list = () => [
    sparsityLoss({penalty: l1(), strength: 0.1, proximal: true}),
    sparsityLoss({penalty: activationL1Loss(), strength: 0.1}),
    sparsityLoss({penalty: l2(), strength: 0.1, proximal: true}),
    sparsityLoss({penalty: activationL1Loss(), strength: 0.1, where: ['hidden']}),
  ];
  await expectNoLeakedTensors(() => fitOn(model, {epochs: 2, callbacks: list()}));
  expect(attachmentsOf(model)).toEqual(before);
  const failing = new tf.CustomCallback({
    onBatchEnd: async () => {
      throw new Error('enough');
    },
  }) as unknown as tf.Callback;
  await expect(fitOn(model, {epochs: 2, callbacks: [...list(), failing]})).rejects.toThrow('enough');
  expect(attachmentsOf(model)).toEqual(before);
});

it.each([
  [
    {penalty: lp(), proximal: true},
    'sparsityLoss: this penalty has no proximal step, as l1(), l2(), elastic()',
  ],
  [{penalty: activationL1Loss(), proximal: true}, 'sparsityLoss: this penalty has no proximal step'],
  [{penalty: l1(), proximal: 'yes'}, 'sparsityLoss: proximal must be true or false, got "yes"'],
  [
    {penalty: l1(), proximal: true, learningRate: 0},
    'sparsityLoss: learningRate must be a positive number, got 0',
  ],
  [
    {penalty: l1(), learningRate: 0.1},
    'sparsityLoss: learningRate is that of proximal steps; give proximal: true',
  ],
])('sparsityLoss() rejects %p', (options, message) => {
  expect(() => sparsityLoss({strength: 0.1, ...options} as unknown as SparsityLossOptions)).toThrow(message);
});

it('sparsityLoss() rejects an adaptive optimizer without learningRate before the first batch', async () => {
  const model = compiled('adam');
  await expectNoLeakedTensors(() =>
    expectRefusal(
      model,
      () => fitOn(model, {callbacks: [sparsityLoss({penalty: l1(), strength: 0.1, proximal: true})]}),
      'sparsityLoss: Adam has a rate of its own for each weight, which a proximal step does not know; ' +
        'give learningRate, or compile with SGD or momentum',
    ),
  );
});

it('sparsityLoss() rejects a custom proximal step with another shape before the first batch', async () => {
  const model = compiled();
  const penalty = Object.assign(l1(), {proximal: (value: tf.Tensor) => tf.sum(value)});
  await expectRefusal(
    model,
    () => fitOn(model, {callbacks: [sparsityLoss({penalty, strength: 0.1, proximal: true})]}),
    'sparsityLoss: the proximal step of the penalty must return a tensor of the shape [4,6] of weight "hidden/kernel"',
  );
});

import * as tf from '@tensorflow/tfjs';
import {channel, global, layer, nOfM, prune} from 'tfjs-pruning';
import {Project, type ProjectOptions, project} from 'tfjs-pruning/callbacks';
import {backends, useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {kernelsOf, masksOf, mlp, oneDense} from '../support/models';
import {attachmentsOf, expectRefusal} from '../support/state';
import {compiled, fitOn} from '../support/training';

const supportsOf = (model: tf.LayersModel) => kernelsOf(model).map((kernel) => kernel.map((w) => +(w !== 0)));
const zerosIn = (model: tf.LayersModel) =>
  kernelsOf(model).map((kernel) => kernel.filter((w) => w === 0).length);

it('project() returns a tfjs callback', () => {
  const callback = project({sparsity: 0.5});
  expect(callback).toBeInstanceOf(Project);
  expect(callback).toBeInstanceOf(tf.Callback);
});

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it('project() sets the requested share of weights to 0 after each batch, without a mask', async () => {
    const model = compiled();
    const seen: number[][] = [];
    const look = new tf.CustomCallback({
      onBatchEnd: async () => {
        seen.push(zerosIn(model));
      },
    }) as unknown as tf.Callback;
    await fitOn(model, {epochs: 2, batchSize: 4, callbacks: [project({sparsity: 0.5}), look]});
    expect(seen).toEqual(new Array(4).fill([12, 9]));
    expect(masksOf(model).flat()).not.toContain(0);
  });
});

it('project() sets the smallest weights to 0 after the update of each step', async () => {
  const [model, plain] = [compiled(), compiled()];
  await fitOn(plain, {epochs: 1});
  await fitOn(model, {epochs: 1, callbacks: [project({sparsity: 0.5})]});
  await prune(plain, 0.5);
  expect(kernelsOf(model)).toEqual(kernelsOf(plain));
});

it('project() lets weights at 0 become nonzero again', async () => {
  const model = mlp();
  model.compile({optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError'});
  const callbacks = [project({sparsity: 0.5})];
  await fitOn(model, {epochs: 1, callbacks});
  const [before] = supportsOf(model);
  await fitOn(model, {epochs: 20, callbacks});
  const [after] = supportsOf(model);
  expect(after.filter((bit, i) => bit > before[i]).length).toBeGreaterThan(0);
});

it('project() finds the relevant features, while l1() with the same count may not', async () => {
  // y = 3·x₁ − 2·x₄ of ten features.
  const x = tf.randomNormal([200, 10], 0, 1, 'float32', 3);
  const y = tf.tidy(() =>
    tf.add(tf.mul(3, x.slice([0, 1], [200, 1])), tf.mul(-2, x.slice([0, 4], [200, 1]))),
  );
  const model = oneDense(Array.from({length: 10}, (_, i) => [i === 7 ? 1 : 0.1]));
  model.compile({optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError'});
  await model.fit(x, y, {epochs: 5, shuffle: false, verbose: 0, callbacks: [project({sparsity: 0.8})]});
  const [kernel] = kernelsOf(model);
  expect(kernel.flatMap((w, i) => (w === 0 ? [] : [i]))).toEqual([1, 4]);
  expect(kernel[1]).toBeCloseTo(3, 2);
  expect(kernel[4]).toBeCloseTo(-2, 2);
});

it('project() takes the parts of a recipe, and leaves output layers out like prune()', async () => {
  const [whole, shared, grouped] = [compiled(), compiled(), compiled()];
  await fitOn(whole, {epochs: 1, callbacks: [project({sparsity: 0.5, pattern: channel()})]});
  expect(zerosIn(whole)).toEqual([12, 0]);
  await fitOn(shared, {epochs: 1, callbacks: [project({sparsity: 0.5, allocation: global()})]});
  expect(zerosIn(shared).reduce((sum, count) => sum + count, 0)).toBe(21);
  await fitOn(grouped, {
    epochs: 1,
    callbacks: [project({sparsity: 0.5, pattern: nOfM({n: 1, m: 2}), where: ['hidden']})],
  });
  expect(zerosIn(grouped)).toEqual([12, 0]);
});

it('project() leaves frozen weights unchanged, and masked weights masked', async () => {
  const model = mlp();
  model.layers[1].trainable = false;
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  await prune(model, 0.25, {where: ['hidden']});
  const masks = masksOf(model);
  const [, frozen] = kernelsOf(model);
  await fitOn(model, {epochs: 2, callbacks: [project({sparsity: 0.5})]});
  const [support] = supportsOf(model);
  expect(kernelsOf(model)[1]).toEqual(frozen);
  expect(support.filter(Boolean)).toHaveLength(12);
  expect(support.every((bit, i) => bit <= masks[0][i])).toBe(true);
  expect(masksOf(model)).toEqual(masks);
});

it('project() detaches itself and leaks no tensors', async () => {
  const model = compiled('adam');
  await fitOn(model, {epochs: 1});
  const before = attachmentsOf(model);
  await expectNoLeakedTensors(() => fitOn(model, {epochs: 2, callbacks: [project({sparsity: 0.5})]}));
  expect(attachmentsOf(model)).toEqual(before);
});

it.each([
  [{sparsity: 1}, 'project: sparsity must be a number in [0, 1)'],
  [{}, 'project: sparsity must be a number in [0, 1)'],
  [{sparsity: () => [1]}, 'project: sparsity must be a number in [0, 1), got a function'],
  [{sparsity: 0.5, schedule: 1}, 'project: unknown option "schedule"; there are sparsity, importance'],
])('project() rejects %p', (options, message) => {
  expect(() => project(options as unknown as ProjectOptions)).toThrow(message);
});

it.each([
  [{pattern: nOfM({n: 1, m: 2, axis: 5})}, 'has no axis 5'],
  [{where: ['nowhere']}, 'project: there is no prunable layer "nowhere"'],
  [{pattern: layer(), where: () => false}, 'project: no weight of model'],
])('project() rejects %p before the first batch', async (recipe, message) => {
  const model = compiled();
  await expectRefusal(model, () => fitOn(model, {callbacks: [project({sparsity: 0.5, ...recipe})]}), message);
});

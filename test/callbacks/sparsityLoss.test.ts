import * as tf from '@tensorflow/tfjs';
import {elastic, l1, l2, linear, type Penalty, prune} from 'tfjs-pruning';
import {pruning, SparsityLoss, type SparsityLossOptions, sparsityLoss} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {expectNoLeakedTensors} from '../support/memory';
import {kernelsOf, mlp, seeded, setKernels} from '../support/models';
import {expectRefusal} from '../support/state';
import {compiled, fitOn} from '../support/training';

/** The loss of the first batch of a fit, before anything has moved. */
async function firstLoss(model: tf.LayersModel, callbacks: tf.Callback[] = []): Promise<number> {
  const {loss} = await fitOn(model, {epochs: 1, batchSize: 8, callbacks});
  return loss[0] as number;
}

const sumOf = (kernels: number[][], cost: (w: number) => number) =>
  kernels.flat().reduce((sum, w) => sum + cost(w), 0);

const penalties: [
  name: string,
  penalty: () => Penalty,
  cost: (w: number) => number,
  slope: (w: number) => number,
][] = [
  ['l1()', l1, Math.abs, Math.sign],
  ['l2()', l2, (w) => w * w, (w) => 2 * w],
  ['elastic()', elastic, (w) => (Math.abs(w) + w * w) / 2, (w) => Math.sign(w) / 2 + w],
];

it('sparsityLoss() returns a tfjs callback', () => {
  const callback = sparsityLoss({penalty: l1(), strength: 0.1});
  expect(callback).toBeInstanceOf(SparsityLoss);
  expect(callback).toBeInstanceOf(tf.Callback);
});

describe.each(penalties)('with %s', (_, penalty, cost, slope) => {
  it('fit minimizes loss + strength · penalty over all prunable weights', async () => {
    const model = compiled();
    const expected = 0.3 * sumOf(kernelsOf(model), cost);
    const plain = await firstLoss(compiled());
    const total = await firstLoss(model, [sparsityLoss({penalty: penalty(), strength: 0.3})]);
    expect(total - plain).toBeCloseTo(expected, 4);
  });

  it('a step moves each weight by the gradient of the penalty too', async () => {
    const [model, other] = [compiled(), compiled()];
    const before = kernelsOf(model).flat();
    await firstLoss(model, [sparsityLoss({penalty: penalty(), strength: 0.3})]);
    await firstLoss(other);
    const [moved, plain] = [model, other].map((each) => kernelsOf(each).flat());
    // The sgd of tfjs learns at 0.01.
    before.forEach((w, i) => {
      expect(moved[i] - plain[i]).toBeCloseTo(-0.01 * 0.3 * slope(w), 6);
    });
  });

  it('masked elements have no penalty and no gradient', async () => {
    const model = compiled();
    await prune(model, 0.5);
    const kept = kernelsOf(model);
    const other = compiled();
    await prune(other, 0.5);
    const plain = await firstLoss(other);
    // Whatever is stored there.
    const stored = kept.map((kernel) => kernel.map((w) => (w === 0 ? 5 : w)));
    setKernels(model, ...stored);
    const total = await firstLoss(model, [sparsityLoss({penalty: penalty(), strength: 0.3})]);
    expect(total - plain).toBeCloseTo(0.3 * sumOf(kept, cost), 4);
    const after = kernelsOf(model).flat();
    const masked = kept.flat().flatMap((w, i) => (w === 0 ? [after[i]] : []));
    expect(masked.filter((w) => w !== 0 && w !== 5)).toEqual([]);
  });
});

it('where selects the penalized weights', async () => {
  const model = compiled();
  const expected = sumOf(kernelsOf(model).slice(1), Math.abs);
  const plain = await firstLoss(compiled());
  const total = await firstLoss(model, [sparsityLoss({penalty: l1(), strength: 1, where: ['output']})]);
  expect(total - plain).toBeCloseTo(expected, 4);
});

it('a shared layer counts once', async () => {
  const build = () => {
    const [input, shared] = [tf.input({shape: [4]}), prunableDense({units: 4, kernelInitializer: seeded(1)})];
    const twice = shared.apply(shared.apply(input)) as tf.SymbolicTensor;
    const last = tf.layers.dense({units: 3, kernelInitializer: seeded(2)}).apply(twice) as tf.SymbolicTensor;
    const model = tf.model({inputs: input, outputs: last});
    model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    return model;
  };
  const model = build();
  const expected = sumOf(kernelsOf(model), Math.abs);
  const plain = await firstLoss(build());
  const total = await firstLoss(model, [sparsityLoss({penalty: l1(), strength: 1})]);
  expect(total - plain).toBeCloseTo(expected, 4);
});

it('a custom penalty is a function of the weight', async () => {
  const penalty: Penalty = (weight) => tf.mul(3, tf.max(weight));
  const model = compiled();
  const expected = kernelsOf(model).reduce((sum, kernel) => sum + 3 * Math.max(...kernel), 0);
  const plain = await firstLoss(compiled());
  expect((await firstLoss(model, [sparsityLoss({penalty, strength: 1})])) - plain).toBeCloseTo(expected, 4);
});

it.each([
  [{strength: 1}, /^sparsityLoss: penalty must be a function, as l1\(\), got undefined$/],
  [{penalty: 'l1', strength: 1}, /^sparsityLoss: penalty must be a function, as l1\(\), got "l1"$/],
  [{penalty: l1()}, /^sparsityLoss: strength must be a number from 0 or a schedule of such, got undefined$/],
  [{penalty: l1(), strength: -1}, /^sparsityLoss: strength must be .* got -1$/],
  [{penalty: l1(), strength: Number.NaN}, /^sparsityLoss: strength must be .* got NaN$/],
  [{penalty: l1(), strength: Number.POSITIVE_INFINITY}, /^sparsityLoss: strength must be .* got Infinity$/],
  [
    {penalty: l1(), strength: 1, weight: 2},
    /^sparsityLoss: unknown option "weight"; there are penalty, strength/,
  ],
])('sparsityLoss() rejects %o immediately', (options, message) => {
  expect(() => sparsityLoss(options as unknown as SparsityLossOptions)).toThrow(message);
});

it.each([
  [
    'an unknown layer',
    {where: ['hiden']},
    /^sparsityLoss: there is no prunable layer "hiden"; there are hidden/,
  ],
  ['a penalty that is no scalar', {penalty: (w: tf.Tensor) => tf.abs(w)}, /must return a scalar tensor/],
  ['a schedule that starts with nonsense', {strength: () => Number.NaN}, /^sparsityLoss: strength must be/],
  [
    'a schedule that ends in nonsense',
    {strength: (p: number) => (p < 1 ? 0.1 : -1)},
    /^sparsityLoss: strength/,
  ],
])('%s is rejected before the first batch', async (_, options, message) => {
  const model = compiled('adam');
  const callback = sparsityLoss({penalty: l1(), strength: 0.1, ...options} as unknown as SparsityLossOptions);
  await expectNoLeakedTensors(() =>
    expectRefusal(model, () => fitOn(model, {epochs: 3, callbacks: [callback]}), message),
  );
});

it('a model without prunable layers, and a list that begins with a plain object, are rejected', async () => {
  const plain = tf.sequential({layers: [tf.layers.dense({units: 3, inputShape: [4]})]});
  plain.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const callback = () => sparsityLoss({penalty: l1(), strength: linear({to: 0.1})});
  await expectRefusal(
    plain,
    () => fitOn(plain, {callbacks: [callback()]}),
    /^sparsityLoss: model ".*" has no prunable layers; convert it/,
  );
  const mixed = [{onEpochEnd: () => {}}, callback(), pruning({schedule: linear({to: 0.5})})];
  const model = mlp();
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  await expectRefusal(
    model,
    () => fitOn(model, {callbacks: mixed as unknown as tf.Callback[]}),
    'sparsityLoss: fit does not take plain objects and instances in one list of callbacks; wrap the plain ones',
  );
});

import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {
  block,
  channel,
  constant,
  erdosRenyi,
  gradient,
  type Importance,
  nOfM,
  prunableWeights,
  prune,
  random,
} from 'tfjs-pruning';
import {type RegrowthOptions, regrowth} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {enableTraining} from 'tfjs-pruning/wasm';
import {exchanged} from '../../callbacks/regrowth/exchange';
import {functionalOf} from '../../src/model/tfjs';
import {ones} from '../../src/model/weight';
import {backends, useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {masksOf, mlp, oneDense, seeded} from '../support/models';
import {optimizers, slotsOf} from '../support/optimizers';
import {saveAndLoad} from '../support/saving';
import {attachmentsOf, stateOf} from '../support/state';
import {compiled, fitOn} from '../support/training';

const countsOf = (model: tf.LayersModel) => masksOf(model).map(ones);

describe('an update', () => {
  const element = {units: 6};
  const floats = (...values: number[]) => Float32Array.from(values);
  const bits = (...values: number[]) => Uint8Array.from(values);

  it.each<[string, number, number[], number[], number]>([
    ['drops the smallest and grows the highest scores', 0.5, [9, 8, 0, 0, 1, 2], [1, 1, 0, 0, 0, 0], 1],
    ['rounds the number down', 0.49, [9, 8, 0, 0, 1, 2], [1, 0, 1, 0, 0, 0], 0],
    ['keeps a dropped unit that has the highest score', 0.5, [0, 0, 5, 1, 1, 1], [1, 0, 1, 0, 0, 0], 0],
    ['may replace all units', 1, [1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 1, 1], 2],
  ])('%s', (_, share, growth, expected, grown) => {
    const given = {numbering: element, values: floats(-3, 0, 2, 0, 0, 0), growth: floats(...growth)};
    const result = exchanged({mask: bits(1, 0, 1, 0, 0, 0), ...given}, share);
    expect([[...result.bits], result.grown]).toEqual([expected, grown]);
  });

  it('replaces no more units than are pruned', () => {
    const given = {numbering: {units: 3}, values: floats(1, 2, 0), growth: floats(3, 2, 1)};
    expect([...exchanged({mask: bits(1, 1, 0), ...given}, 0.99).bits]).toEqual([1, 1, 0]);
    expect([...exchanged({mask: bits(1, 1, 1), ...given}, 0.99).bits]).toEqual([1, 1, 1]);
  });

  it('drops and grows whole units of a pattern, by their means', () => {
    const unitOf = Int32Array.from([0, 0, 1, 1, 2, 2]);
    const result = exchanged(
      {
        mask: bits(1, 1, 1, 1, 0, 0),
        numbering: {units: 3, unitOf},
        values: floats(1, 1, 3, -3, 0, 0),
        growth: floats(0, 1, 0, 0, 3, 0),
      },
      0.5,
    );
    expect([[...result.bits], result.grown]).toEqual([[0, 0, 1, 1, 1, 1], 1]);
  });
});

it('a batch drops the smallest weight after its step, and grows the one with the largest gradient of all', async () => {
  // Output 0 for inputs 1, 2, 3, 4: the gradients 2 · error · input are largest for the last.
  const model = oneDense([[0.5], [0.1], [0], [0]]);
  model.compile({optimizer: tf.train.sgd(1e-4), loss: 'meanSquaredError'});
  await prune(model, 0.5);
  const callback = regrowth({by: gradient(), share: constant(0.5), every: 1, begin: 0, end: 1});
  await model.fit(tf.tensor2d([[1, 2, 3, 4]]), tf.tensor2d([[2]]), {
    epochs: 1,
    verbose: 0,
    callbacks: [callback],
  });
  expect(masksOf(model)).toEqual([[1, 0, 0, 1]]);
  const [value] = [...prunableWeights(model)[0].value.dataSync()];
  // 0.5 + 1e-4 · 2 · (2 − 0.7) · 1
  expect(value).toBeCloseTo(0.50026, 6);
  expect([...prunableWeights(model)[0].value.dataSync()].slice(1)).toEqual([0, 0, 0]);
  expect(callback.results).toEqual([{batch: 0, share: 0.5, grown: 1}]);
});

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it.each(backend === 'wasm' ? [false, true] : [false])(
    'the number of remaining weights of each kernel stays, and grown weights start at 0 (enableTraining: %p)',
    async (isEnabled) => {
      const undo = isEnabled ? enableTraining() : () => {};
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            units: fc.integer({min: 2, max: 9}),
            sparsity: fc.double({min: 0.2, max: 0.95, noNaN: true}),
            share: fc.double({min: 0, max: 0.99, noNaN: true}),
            every: fc.integer({min: 1, max: 3}),
            byGradient: fc.boolean(),
          }),
          async ({units, sparsity, share, every, byGradient}) => {
            const init = (seed: number) => ({kernelInitializer: seeded(seed)});
            const model = tf.sequential({
              layers: [
                prunableDense({units, inputShape: [4], activation: 'tanh', ...init(1)}),
                prunableDense({units: 2, ...init(2)}),
              ],
            });
            model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
            await prune(model, sparsity, {importance: random(), allocation: erdosRenyi()});
            const before = countsOf(model);
            const by = byGradient ? gradient() : random();
            const y = tf.randomNormal([8, 2], 0, 1, 'float32', 3);
            const x = tf.randomNormal([8, 4], 0, 1, 'float32', 4);
            const callback = regrowth({by, share, every, begin: 0, end: 6});
            await model.fit(x, y, {epochs: 3, batchSize: 4, verbose: 0, callbacks: [callback]});
            expect(countsOf(model)).toEqual(before);
            for (const {value, mask} of prunableWeights(model)) {
              const bits = mask.dataSync();
              expect([...value.dataSync()].filter((one, i) => bits[i] === 0 && one !== 0)).toEqual([]);
            }
          },
        ),
        {numRuns: 12},
      );
      undo();
    },
  );
});

describe.each(optimizers)('with $name', ({make, start}) => {
  it('the slots of regrown weights start afresh, those of the others stay', async () => {
    const model = mlp();
    model.compile({optimizer: make(), loss: 'meanSquaredError'});
    await prune(model, 0.5);
    await fitOn(model, {epochs: 2, batchSize: 4});
    const [before] = masksOf(model);
    await fitOn(model, {
      epochs: 1,
      callbacks: [
        regrowth({by: gradient(), share: constant(0.5), every: 1, begin: 0, end: 1, where: ['hidden']}),
      ],
    });
    const [after] = masksOf(model);
    expect(after).not.toEqual(before);
    for (const list of slotsOf(model.optimizer)) {
      const slot = list[0].variable.dataSync();
      after.forEach((bit, i) => {
        if (!(bit && before[i])) expect(slot[i]).toBeCloseTo(start, 7);
      });
    }
  });
});

describe('a run that is stopped and resumed', () => {
  const settings: Partial<RegrowthOptions> = {every: 3, begin: 1, share: 0.4};
  const run = async (
    by: () => Importance,
    parts: number[],
    pass: (model: tf.LayersModel) => Promise<tf.LayersModel> = async (same) => same,
  ) => {
    let model: tf.LayersModel = mlp();
    model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
    await prune(model, 0.6, {importance: random()});
    let state: string | undefined;
    let initialEpoch = 0;
    for (const last of parts) {
      const callback = regrowth({by: by(), ...settings});
      if (state) callback.restore(JSON.parse(state));
      const stop = new tf.CustomCallback({
        onEpochEnd: async (epoch) => {
          functionalOf(model).stopTraining = epoch === last;
        },
      }) as unknown as tf.Callback;
      await fitOn(model, {epochs: 6, initialEpoch, batchSize: 2, callbacks: [callback, stop]});
      state = JSON.stringify(callback.state());
      initialEpoch = last + 1;
      model = await pass(model);
    }
    return stateOf(model);
  };

  it.each<[string, () => Importance]>([
    ['gradient()', gradient],
    ['random()', () => random({seed: 4})],
  ])('ends with the same bits by %s', async (_, by) => {
    const whole = await run(by, [5]);
    expect(await run(by, [1, 3, 5])).toEqual(whole);
    expect(await run(by, [2, 5], (model) => saveAndLoad(model, {includeOptimizer: true}))).toEqual(whole);
  });
});

it('random() grows other weights in each update, the same for equal seeds', async () => {
  const grown = async (seed: number) => {
    const model = compiled();
    await prune(model, 0.5);
    const masks: number[][] = [];
    const look = new tf.CustomCallback({onBatchEnd: async () => void masks.push(masksOf(model).flat())});
    const by = random({seed});
    // Without learning the smallest weights are the grown ones.
    model.compile({optimizer: tf.train.sgd(0), loss: 'meanSquaredError'});
    await fitOn(model, {
      epochs: 1,
      batchSize: 4,
      callbacks: [
        regrowth({by, share: constant(0.5), every: 1, begin: 0, end: 9}),
        look as unknown as tf.Callback,
      ],
    });
    return masks;
  };
  const [a, b, c] = [await grown(1), await grown(1), await grown(2)];
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);
  expect(new Set(a.map(String)).size).toBe(a.length);
});

it('a share of 0 keeps the masks', async () => {
  const model = compiled();
  await prune(model, 0.5);
  const before = masksOf(model);
  const callback = regrowth({by: gradient(), share: 0, every: 1, begin: 0, end: 3});
  await fitOn(model, {epochs: 2, callbacks: [callback]});
  expect(masksOf(model)).toEqual(before);
  expect(callback.results).toEqual([]);
});

it('the share decays along half a cosine wave', async () => {
  const model = compiled();
  await prune(model, 0.5);
  const callback = regrowth({by: gradient(), share: 0.8, every: 2, begin: 0, end: 4});
  await fitOn(model, {epochs: 6, batchSize: 16, callbacks: [callback]});
  expect(callback.results.map(({batch}) => batch)).toEqual([0, 2]);
  expect(callback.results.map(({share}) => share)).toEqual([0.8, 0.4]);
});

it('units of block() are dropped and grown whole', async () => {
  const model = compiled();
  const pattern = block(2, 1);
  await prune(model, 0.5, {pattern, importance: random()});
  const before = countsOf(model);
  await fitOn(model, {
    epochs: 3,
    callbacks: [regrowth({by: gradient(), every: 1, begin: 0, end: 3, share: 0.5, pattern})],
  });
  expect(countsOf(model)).toEqual(before);
  const [hidden] = masksOf(model);
  for (let i = 0; i < 6; i++) expect([hidden[i], hidden[12 + i]]).toEqual([hidden[6 + i], hidden[18 + i]]);
});

it('regrowth() logs the sparsity, leaks nothing, and leaves nothing attached, also when fit throws', async () => {
  const model = compiled('adam');
  await prune(model, 0.5);
  await fitOn(model, {epochs: 1});
  const before = attachmentsOf(model);
  const make = () => regrowth({by: gradient(), every: 1, begin: 0, end: 4});
  await expectNoLeakedTensors(async () => {
    const {sparsity} = await fitOn(model, {epochs: 4, callbacks: [make()]});
    expect(sparsity).toEqual([0.5, 0.5, 0.5, 0.5]);
  });
  expect(attachmentsOf(model)).toEqual(before);
  for (const hook of ['onBatchBegin', 'onBatchEnd', 'onEpochEnd']) {
    const fail = () => new tf.CustomCallback({[hook]: () => Promise.reject(new Error('enough'))}) as never;
    const leaked = async (callbacks: tf.Callback[]) => {
      const tensors = tf.memory().numTensors;
      await expect(fitOn(model, {epochs: 2, callbacks})).rejects.toThrow('enough');
      return tf.memory().numTensors - tensors;
    };
    // tfjs itself leaves the loss of a batch.
    expect(await leaked([make(), fail()])).toBe(await leaked([fail()]));
    expect(attachmentsOf(model)).toEqual(before);
  }
  const state = stateOf(model);
  const masks = masksOf(model);
  // A search that was broken off makes no later gradient dense.
  await fitOn(model, {epochs: 1});
  prunableWeights(model).forEach(({value}, i) => {
    expect([...value.dataSync()].filter((one, at) => masks[i][at] === 0 && one !== 0)).toEqual([]);
  });
  expect(stateOf(model)).not.toEqual(state);
});

it('regrowth() names the weight whose gradients are NaN, and keeps the masks', async () => {
  const model = compiled();
  await prune(model, 0.5);
  const masks = masksOf(model);
  const [x, y] = [tf.fill([4, 4], Number.NaN), tf.ones([4, 3])];
  const callback = regrowth({by: gradient(), every: 1, begin: 0, end: 2});
  await expect(model.fit(x, y, {epochs: 2, verbose: 0, callbacks: [callback]})).rejects.toThrow(
    'regrowth: weight "hidden/kernel" has score NaN at element 0; did the training diverge?',
  );
  expect(masksOf(model)).toEqual(masks);
  prunableWeights(model).forEach(({value}, i) => {
    expect([...value.dataSync()].filter((one, at) => masks[i][at] === 0 && one !== 0)).toEqual([]);
  });
});

it.each<[RegrowthOptions, string]>([
  [{} as never, 'regrowth: importance must be a function'],
  [{by: gradient as never}, 'call it, as gradient()'],
  [{by: gradient(), share: 1}, 'regrowth: share must be a number in [0, 1) or a schedule of such, got 1'],
  [{by: gradient(), every: 0}, 'regrowth: every must be a whole number from 1, got 0'],
  [{by: gradient(), rate: 2} as never, 'regrowth: unknown option "rate"'],
  [{by: gradient(), pattern: channel()}, 'regrowth: the units of the pattern are tied to other weights'],
  [
    {by: gradient(), pattern: nOfM({n: 1, m: 2})},
    'regrowth: the units of the pattern are tied to other weights or selected by itself',
  ],
  [{by: gradient(), where: 5 as never}, 'regrowth: where must be'],
])('regrowth() rejects %p', (options, message) => {
  expect(() => regrowth(options)).toThrow(message);
});

it.each<[string, Partial<RegrowthOptions>, string]>([
  ['a begin after the run', {}, 'regrowth: nothing would be grown, as begin 100 is not before end'],
  [
    'a bad share of a schedule',
    {every: 1, begin: 0, share: () => 2},
    'regrowth: share must be a number in [0, 1)',
  ],
  [
    'an unknown layer',
    {every: 1, begin: 0, where: ['nowhere']},
    'regrowth: there is no prunable layer "nowhere"',
  ],
])('regrowth() rejects %s before the first batch', async (_, options, message) => {
  const model = compiled();
  await prune(model, 0.5);
  const before = stateOf(model);
  await expect(
    fitOn(model, {epochs: 4, callbacks: [regrowth({by: gradient(), ...options})]}),
  ).rejects.toThrow(message);
  expect(stateOf(model)).toEqual(before);
});

it('regrowth() rejects a model without pruned or without trained weights before the first batch', async () => {
  const model = compiled();
  const make = () => regrowth({by: gradient(), every: 1, begin: 0});
  await expect(fitOn(model, {epochs: 4, callbacks: [make()]})).rejects.toThrow(
    'regrowth: no weight is pruned, so there is nothing to exchange; first call prune(model, 0.9',
  );
  await prune(model, 0.5);
  for (const layer of model.layers) layer.trainable = false;
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  await expect(fitOn(model, {epochs: 4, callbacks: [make()]})).rejects.toThrow(
    'all selected weights are frozen',
  );
  const other = regrowth({by: gradient(), every: 1, begin: 0});
  other.restore({weights: ['other [2]'], batches: 3});
  await expect(fitOn(compiled(), {epochs: 4, callbacks: [other]})).rejects.toThrow(
    'the state is of another model',
  );
  expect(() => other.restore(5 as never)).toThrow('regrowth: state must be a state of regrowth(), got 5');
});

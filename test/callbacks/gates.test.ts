import * as tf from '@tensorflow/tfjs';
import {linear, prunableWeights, prune} from 'tfjs-pruning';
import {type GatesOptions, gates} from 'tfjs-pruning/callbacks';
import {enableTraining} from 'tfjs-pruning/wasm';
import {functionalOf} from '../../src/model/tfjs';
import {ones} from '../../src/model/weight';
import {backends, useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {masksOf, mlp, oneDense} from '../support/models';
import {saveAndLoad} from '../support/saving';
import {attachmentsOf, stateOf} from '../support/state';
import {compiled, fitOn} from '../support/training';

const custom = (args: tf.CustomCallbackArgs) => new tf.CustomCallback(args) as unknown as tf.Callback;
const valuesOf = (model: tf.LayersModel) => prunableWeights(model).map(({value}) => [...value.dataSync()]);

/** Fails unless every pruned weight is 0. */
function expectZeros(model: tf.LayersModel): void {
  const masks = masksOf(model);
  for (const [i, values] of valuesOf(model).entries()) {
    expect(values.filter((one, at) => masks[i][at] === 0 && one !== 0)).toEqual([]);
  }
}

describe('a step of gates', () => {
  /** Trains [2, −1] on targets, one example per batch, with an input of 1: the gradients are w − y. */
  async function steps(targets: number[][], options: Partial<GatesOptions>) {
    const model = oneDense([[2, -1]]);
    model.compile({optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError'});
    const found: number[][] = [];
    await model.fit(tf.ones([targets.length, 1]), tf.tensor2d(targets), {
      epochs: 1,
      batchSize: 1,
      shuffle: false,
      verbose: 0,
      callbacks: [
        gates({strength: 0.5, end: 0, ...options}),
        custom({onBatchEnd: async () => void found.push([...masksOf(model)[0], ...valuesOf(model)[0]])}),
      ],
    });
    return found;
  }

  it('prunes a weight whose growth would not lower the loss by the strength, and keeps its value aside', async () => {
    // Pulls: −1 + 0.5 and 2 + 0.5, each divided by its root mean square. Gates: 1 ± 2.
    const [first, second] = await steps(
      [
        [3, 1],
        [3, -5],
      ],
      {rate: 2, estimator: 'linear'},
    );
    expect(first.slice(0, 2)).toEqual([1, 0]);
    expect(first[2]).toBeCloseTo(2.1, 5);
    expect(first[3]).toBe(0);
    // Now its growth lowers the loss by 5: mean square (0.99 · 0.0625 + 0.01 · 20.25) / 0.0199, gate −1 + 2 · 4.5 / 3.645 > 0.
    expect(second.slice(0, 2)).toEqual([1, 1]);
    expect(second[3]).toBeCloseTo(-0.8, 5);
  });

  it.each<[GatesOptions['estimator'], number, number]>([
    // From 1 by 1.1 times the slope, past 0 if that is 1.
    ['linear', 1.1, 0],
    ['leaky', 1.1, 0],
    // sigmoid(1) = 0.731
    ['softplus', 1.1, 1],
    ['softplus', 1.4, 0],
  ])('moves a gate by the rate times the slope of %s', async (estimator, rate, kept) => {
    const [[, mask]] = await steps([[3, 1]], {estimator, rate});
    expect(mask).toBe(kept);
  });

  it.each<[GatesOptions['estimator'], number]>([
    // The first step takes the gate from 1 to −0.1, the second moves it by 1.1 · 1.2346 times the slope at −0.1.
    ['linear', 1],
    ['leaky', 1],
  ])('moves the gate of a pruned weight by the slope of %s there', async (estimator) => {
    const found = await steps(
      [
        [3, 1],
        [3, -5],
      ],
      {estimator, rate: 1.1},
    );
    expect(found[1][1]).toBe(1);
  });
});

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it.each(backend === 'wasm' ? [false, true] : [false])(
    'pruned weights are 0 after each batch, and the masks are final after the end (enableTraining: %p)',
    async (isEnabled) => {
      const undo = isEnabled ? enableTraining() : () => {};
      const model = compiled('adam');
      const masks: number[][][] = [];
      const look = custom({
        onBatchEnd: async () => expectZeros(model),
        onEpochEnd: async () => void masks.push(masksOf(model)),
      });
      const callback = gates({strength: 0.1, rate: 0.6, begin: 1, end: 4});
      const {sparsity} = await fitOn(model, {epochs: 8, batchSize: 4, callbacks: [callback, look]});
      undo();
      expect(sparsity[0]).toBe(0);
      expect(sparsity[4]).toBeGreaterThan(0.1);
      expect(masks[7]).toEqual(masks[4]);
      expect(new Set(masks.slice(1, 5).map(String)).size).toBeGreaterThan(1);
      expect(masks[4].flat().filter((bit) => bit === 0)).toHaveLength(
        Math.round((sparsity[4] as number) * 42),
      );
      expectZeros(model);
    },
  );
});

it('a higher strength prunes more, and each weight keeps an element', async () => {
  const kept: number[] = [];
  for (const strength of [1e-3, 0.03, 1000]) {
    const model = compiled('adam');
    await fitOn(model, {epochs: 6, batchSize: 4, callbacks: [gates({strength, rate: 0.4, end: 4})]});
    kept.push(ones(masksOf(model).flat()));
    for (const mask of masksOf(model)) expect(ones(mask)).toBeGreaterThan(0);
  }
  expect(kept[0]).toBeGreaterThan(kept[1]);
  expect(kept[1]).toBeGreaterThan(kept[2]);
  expect(kept[2]).toBe(2);
});

it('elements that were pruned before stay pruned, and frozen and other weights are unchanged', async () => {
  const model = mlp();
  await prune(model, 0.5);
  const masks = masksOf(model);
  model.layers[1].trainable = false;
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  const [, frozen] = valuesOf(model);
  await fitOn(model, {epochs: 8, batchSize: 4, callbacks: [gates({strength: 0.01, rate: 0.5, end: 6})]});
  const [hidden, output] = masksOf(model);
  expect(hidden.filter((bit, i) => bit > masks[0][i])).toEqual([]);
  expect(ones(hidden)).toBeLessThan(ones(masks[0]));
  expect([output, valuesOf(model)[1]]).toEqual([masks[1], frozen]);
});

describe('a run that is stopped and resumed', () => {
  const run = async (
    parts: number[],
    pass: (model: tf.LayersModel) => Promise<tf.LayersModel> = async (same) => same,
    one = false,
  ) => {
    let model: tf.LayersModel = compiled('adam');
    const make = () => gates({strength: linear({to: 0.2}), rate: 0.6, begin: 1, end: 5});
    let callback = make();
    let initialEpoch = 0;
    for (const last of parts) {
      const stop = custom({
        onEpochEnd: async (epoch) => {
          functionalOf(model).stopTraining = epoch === last;
        },
      });
      await fitOn(model, {epochs: 8, initialEpoch, batchSize: 4, callbacks: [callback, stop]});
      const state = JSON.stringify(callback.state());
      if (!one) {
        callback = make();
        callback.restore(JSON.parse(state));
      }
      initialEpoch = last + 1;
      model = await pass(model);
    }
    expect(ones(masksOf(model).flat())).toBeLessThan(42);
    return stateOf(model);
  };

  it('ends with the same bits', async () => {
    const whole = await run([7]);
    expect(await run([0, 2, 3, 7])).toEqual(whole);
    expect(await run([2, 5, 6, 7], undefined, true)).toEqual(whole);
    expect(await run([3, 7], (model) => saveAndLoad(model, {includeOptimizer: true}))).toEqual(whole);
  });
});

it('gates() leaks nothing and leaves nothing attached, also when fit throws', async () => {
  const model = compiled('adam');
  await fitOn(model, {epochs: 1});
  const before = attachmentsOf(model);
  const make = () => gates({strength: 0.1, begin: 0, end: 2});
  await expectNoLeakedTensors(() => fitOn(model, {epochs: 4, callbacks: [make()]}));
  expect(attachmentsOf(model)).toEqual(before);
  const leaked = async (callbacks: tf.Callback[]) => {
    const tensors = tf.memory().numTensors;
    await expect(fitOn(model, {epochs: 4, callbacks})).rejects.toThrow('enough');
    return tf.memory().numTensors - tensors;
  };
  const fail = () => custom({onBatchEnd: () => Promise.reject(new Error('enough'))});
  expect(await leaked([make(), fail()])).toBe(await leaked([fail()]));
  expect(attachmentsOf(model)).toEqual(before);
  expectZeros(model);
});

it('gates() names the weight whose gates are NaN', async () => {
  const model = compiled();
  const [x, y] = [tf.fill([4, 4], Number.NaN), tf.ones([4, 3])];
  await expect(model.fit(x, y, {epochs: 3, verbose: 0, callbacks: [gates({strength: 0.1})]})).rejects.toThrow(
    'gates: weight "hidden/kernel" has gate NaN at element 0; did the training diverge?',
  );
});

it('state() throws in the middle of an epoch, and restore() rejects what is no state', async () => {
  const callback = gates({strength: 0.1, end: 1});
  let message = '';
  const look = custom({
    onBatchEnd: async () => {
      try {
        callback.state();
      } catch (error) {
        message = (error as Error).message;
      }
    },
  });
  await fitOn(compiled(), {epochs: 3, callbacks: [callback, look]});
  expect(message).toMatch(/^gates: state\(\) would lose the changes of this epoch/);
  expect(() => callback.restore(5 as never)).toThrow('gates: state must be a state of gates(), got 5');
  callback.restore({weights: ['other [2]'], batches: 1, gates: {}});
  await expect(fitOn(compiled(), {epochs: 3, callbacks: [callback]})).rejects.toThrow(
    'gates: the state is of another model',
  );
});

it.each<[GatesOptions, string]>([
  [{} as never, 'gates: strength must be a number from 0 or a schedule of such, got undefined'],
  [{strength: -1}, 'gates: strength must be a number from 0 or a schedule of such, got -1'],
  [{strength: 1, rate: 0}, 'gates: rate must be a positive number, got 0'],
  [
    {strength: 1, estimator: 'hard' as never},
    "gates: estimator must be 'softplus', 'leaky' or 'linear', got \"hard\"",
  ],
  [{strength: 1, every: 2} as never, 'gates: unknown option "every"'],
  [{strength: 1, begin: 0.5}, 'gates: begin must be a whole number from 0, got 0.5'],
])('gates() rejects %p', (options, message) => {
  expect(() => gates(options)).toThrow(message);
});

it.each<[string, GatesOptions, string]>([
  ['an end past the run', {strength: 1, end: 4}, 'gates: end 4 is past the last epoch, 3'],
  ['a begin after the end', {strength: 1, begin: 3}, 'gates: begin 3 is after end 2'],
  ['a bad strength of a schedule', {strength: () => -1}, 'gates: strength must be a number from 0'],
  ['an unknown layer', {strength: 1, where: ['nowhere']}, 'gates: there is no prunable layer "nowhere"'],
])('gates() rejects %s before the first batch', async (_, options, message) => {
  const model = compiled();
  const before = stateOf(model);
  await expect(fitOn(model, {epochs: 4, callbacks: [gates(options)]})).rejects.toThrow(message);
  expect(stateOf(model)).toEqual(before);
});

it('gates() rejects an epoch after the end unless it resumes, and a frozen model', async () => {
  const model = compiled();
  await expect(
    fitOn(model, {epochs: 6, initialEpoch: 5, callbacks: [gates({strength: 1, end: 2})]}),
  ).rejects.toThrow('gates: nothing would be pruned, as end 2 is before epoch 5');
  for (const layer of model.layers) layer.trainable = false;
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  await expect(fitOn(model, {epochs: 4, callbacks: [gates({strength: 1})]})).rejects.toThrow(
    'gates: all selected weights are frozen; nothing would be pruned',
  );
});

import * as tf from '@tensorflow/tfjs';
import {
  block,
  channel,
  constant,
  l1,
  linear,
  magnitude,
  nOfM,
  prunableWeights,
  prune,
  taylor,
} from 'tfjs-pruning';
import {type PruningOptions, pruning, sparsityLoss} from 'tfjs-pruning/callbacks';
import {enableTraining} from 'tfjs-pruning/wasm';
import {functionalOf} from '../../src/model/tfjs';
import {ones} from '../../src/model/weight';
import {backends, useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {masksOf, oneDense} from '../support/models';
import {saveAndLoad} from '../support/saving';
import {attachmentsOf, stateOf} from '../support/state';
import {compiled, fitOn} from '../support/training';

const custom = (args: tf.CustomCallbackArgs) => new tf.CustomCallback(args) as unknown as tf.Callback;
const valuesOf = (model: tf.LayersModel) => prunableWeights(model).map(({value}) => [...value.dataSync()]);

/** Trains the kernel [2, 1] on targets, one example per batch with an input of 1: SGD at 0.5 moves each weight by half of y − t. */
async function trained(targets: number[][], options: Partial<PruningOptions>) {
  const model = oneDense([[2, 1]]);
  model.compile({optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError'});
  const found: number[][] = [];
  const callback = pruning({schedule: constant(0.5), unit: 'batch', begin: 0, end: 2, every: 2, ...options});
  await model.fit(tf.ones([targets.length, 1]), tf.tensor2d(targets), {
    epochs: 1,
    batchSize: 1,
    shuffle: false,
    verbose: 0,
    callbacks: [
      callback,
      custom({onBatchEnd: async () => void found.push([...masksOf(model)[0], ...valuesOf(model)[0]])}),
    ],
  });
  return found;
}

// The first batch keeps 2, and prunes 1. Then its gradient is that of the output of the bias alone: −4, and −2 when the
// bias is 2.
const targets = [
  [2, 1],
  [2, 4],
  [2, 4],
  [2, 4],
];

it('a pruned weight trains in the background, and returns with its value when it is the largest', async () => {
  const found = await trained(targets, {splice: {}});
  expect(found.map((one) => one.slice(0, 2))).toEqual([
    [1, 0],
    [1, 0],
    // 1 + 2 + 1 = 4 against 2.
    [0, 1],
    [0, 1],
  ]);
  expect(found[1][3]).toBe(0);
  expect(found[2].slice(2)).toEqual([0, 4]);
  // With its bias of 3 it then overshoots by 3, and the first weight stays pruned after the last update.
  expect(found[3].slice(2)).toEqual([0, 2.5]);
});

it('a pruned weight returns only if it is larger by the margin', async () => {
  const [, , update] = await trained(targets, {splice: {margin: 1.1}});
  expect(update.slice(0, 2)).toEqual([1, 0]);
  const [, , returned] = await trained(targets, {splice: {margin: 0.9}});
  expect(returned.slice(0, 2)).toEqual([0, 1]);
});

it('without splice pruned weights stay pruned', async () => {
  const found = await trained(targets, {});
  expect(found.map((one) => one.slice(0, 2))).toEqual(Array(4).fill([1, 0]));
});

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it.each(backend === 'wasm' ? [false, true] : [false])(
    'each update keeps the exact count, pruned weights are 0 after each batch, and some return (enableTraining: %p)',
    async (isEnabled) => {
      const undo = isEnabled ? enableTraining() : () => {};
      const model = compiled('adam');
      const masks: number[][] = [];
      const look = custom({
        onBatchEnd: async () => {
          const bits = masksOf(model);
          masks.push(bits.flat());
          for (const [i, values] of valuesOf(model).entries()) {
            expect(values.filter((one, at) => bits[i][at] === 0 && one !== 0)).toEqual([]);
          }
        },
      });
      const callback = pruning({
        schedule: constant(0.5),
        unit: 'batch',
        begin: 0,
        end: 20,
        splice: {margin: 0},
      });
      await fitOn(model, {epochs: 20, batchSize: 4, callbacks: [callback, look]});
      undo();
      for (const bits of masks.slice(0, 21)) expect(ones(bits)).toBe(21);
      const returned = masks.slice(1).some((bits, i) => bits.some((bit, at) => bit > masks[i][at]));
      expect(returned).toBe(true);
      expect(masks.at(-1)).toEqual(masks[20]);
    },
  );
});

it('proximal steps leave pruned weights to train in the background', async () => {
  const model = compiled('sgd');
  const masks: number[][] = [];
  const look = custom({onEpochEnd: async () => void masks.push(masksOf(model).flat())});
  const shrink = sparsityLoss({penalty: l1(), strength: 1e-6, proximal: true});
  const callback = pruning({schedule: constant(0.5), end: 20, splice: {margin: 0}});
  await fitOn(model, {epochs: 22, batchSize: 4, callbacks: [shrink, callback, look]});
  expect(masks.slice(1).some((bits, i) => bits.some((bit, at) => bit > masks[i][at]))).toBe(true);
});

it('elements that were pruned before stay pruned', async () => {
  const model = compiled();
  await prune(model, 0.3);
  const before = masksOf(model).flat();
  const callback = pruning({schedule: linear({from: 0.4, to: 0.6}), end: 5, splice: {margin: 0}});
  await fitOn(model, {epochs: 8, batchSize: 4, callbacks: [callback]});
  const after = masksOf(model).flat();
  expect(after.filter((bit, i) => bit > before[i])).toEqual([]);
  expect(ones(after)).toBeLessThan(ones(before));
});

it.each<[string, Partial<PruningOptions>]>([
  ['magnitude()', {importance: magnitude()}],
  ['taylor()', {importance: taylor()}],
  ['block(2, 1)', {pattern: block(2, 1)}],
  ['nOfM({n: 1, m: 2})', {pattern: nOfM({n: 1, m: 2})}],
])('with %s a run that is stopped and resumed ends with the same bits', async (_, options) => {
  const run = async (parts: number[], loads = false) => {
    let model: tf.LayersModel = compiled('adam');
    const make = () =>
      pruning({schedule: linear({from: 0.3, to: 0.5}), begin: 0, end: 5, splice: {margin: 0}, ...options});
    let callback = make();
    let initialEpoch = 0;
    for (const last of parts) {
      const stop = custom({
        onEpochEnd: async (epoch) => {
          functionalOf(model).stopTraining = epoch === last;
        },
      });
      await fitOn(model, {epochs: 7, initialEpoch, batchSize: 4, callbacks: [callback, stop]});
      const state = JSON.stringify(callback.state());
      callback = make();
      callback.restore(JSON.parse(state));
      initialEpoch = last + 1;
      if (loads) model = await saveAndLoad(model, {includeOptimizer: true});
    }
    return stateOf(model);
  };
  const whole = await run([6]);
  expect(await run([1, 4, 6])).toEqual(whole);
  expect(await run([2, 6], true)).toEqual(whole);
});

it('splicing leaks nothing and leaves nothing attached, also when fit throws', async () => {
  const model = compiled('adam');
  await fitOn(model, {epochs: 1});
  const before = attachmentsOf(model);
  const make = () => pruning({schedule: constant(0.5), end: 2, splice: {}});
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
});

it('NaN scores throw, and leave the masks of the last update', async () => {
  const model = compiled();
  const [x, y] = [tf.fill([4, 4], Number.NaN), tf.ones([4, 3])];
  const callback = pruning({schedule: constant(0.5), end: 1, splice: {}});
  await expect(model.fit(x, y, {epochs: 3, verbose: 0, callbacks: [callback]})).rejects.toThrow(
    'pruning: weight "hidden/kernel" has score NaN at element 0; did the training diverge?',
  );
  expect(ones(masksOf(model).flat())).toBe(42);
});

it.each<[Partial<PruningOptions>, string]>([
  [{splice: 5 as never}, 'pruning: splice: the options must be an object of margin, got 5'],
  [{splice: {margin: -1}}, 'pruning: margin must be a number from 0, got -1'],
  [{splice: {every: 1} as never}, 'pruning: splice: unknown option "every"'],
  [
    {splice: {}, pattern: channel()},
    'pruning: splice returns weights, and a pruned unit of this pattern also prunes biases',
  ],
])('pruning() rejects %p', (options, message) => {
  expect(() => pruning({schedule: constant(0.5), ...options})).toThrow(message);
});

import * as tf from '@tensorflow/tfjs';
import {fromSensitivity, global, perWeight, prunableWeights, prune, report, sensitivity} from 'tfjs-pruning';
import {prunableDense} from 'tfjs-pruning/layers';
import {expectNoLeakedTensors} from './support/memory';

// The first layer passes two inputs on and adds some noise; the class depends on one large weight of the second.
function model(): tf.Sequential {
  const made = tf.sequential({
    layers: [
      prunableDense({units: 2, inputShape: [4], useBias: false, name: 'wide'}),
      prunableDense({units: 2, useBias: false, name: 'narrow'}),
    ],
  });
  const wide = [
    [1, 0.01],
    [0.01, 1],
    [0.02, 0.03],
    [0.02, 0.01],
  ];
  const narrow = [
    [1, 0.9],
    [0.8, 1],
  ];
  const kernels = [wide, narrow].map((kernel) => tf.tensor2d(kernel));
  tf.tidy(() => {
    for (const [i, layer] of made.layers.entries()) {
      layer.setWeights([kernels[i], tf.ones(kernels[i].shape, 'bool')]);
    }
  });
  tf.dispose(kernels);
  return made;
}

const x = tf.randomNormal([200, 4], 0, 1, 'float32', 3);
const y = tf.tidy(() => tf.argMax((model().predict(x) as tf.Tensor2D).clone(), 1));

it('sensitivity() measures the loss of accuracy of each weight alone, and leaves the model unchanged', async () => {
  const given = model();
  const before = given.getWeights().map((weight) => weight.dataSync());
  const progress: number[][] = [];
  let found: Awaited<ReturnType<typeof sensitivity>> | undefined;
  await expectNoLeakedTensors(async () => {
    found = await sensitivity(given, x, y, {
      sparsities: [0.25, 0.75],
      onProgress: (done, of) => progress.push([done, of]),
    });
  });
  const {baseline, weights} = found as NonNullable<typeof found>;
  expect(baseline).toBe(1);
  expect(weights.map(({name, size}) => [name, size])).toEqual([
    ['wide/kernel', 8],
    ['narrow/kernel', 4],
  ]);
  const [wide, narrow] = weights.map(({figures}) => figures);
  expect(wide[1]).toBeGreaterThan(narrow[1]);
  expect(progress).toEqual([1, 2, 3, 4].map((done) => [done, 4]));
  expect(given.getWeights().map((weight) => weight.dataSync())).toEqual(before);
  expect(`${found}`).toMatch(/accuracy 100.00 % +25.00 % +75.00 %\n.*\n?wide\/kernel/);
});

it('fromSensitivity() prunes fragile weights less, at the same overall sparsity', async () => {
  const given = model();
  const found = await sensitivity(given, x, y, {sparsities: [0.25, 0.5, 0.75]});
  const sparsities = fromSensitivity(found, {maxDrop: 0.03});
  await prune(given, 0.5, {allocation: perWeight(sparsities)});
  const {weights, total} = report(given);
  expect(weights[0].sparsity).toBeGreaterThan(weights[1].sparsity);
  expect(total.sparsity).toBeCloseTo(0.5, 1);
});

it('fromSensitivity() equals a hand-computed table', () => {
  const table = {
    baseline: 0.9,
    sparsities: [0.4, 0.8],
    weights: [
      {name: 'a', layer: 'a', size: 30, figures: [0.9, 0.895]},
      {name: 'b', layer: 'b', size: 10, figures: [0.895, 0.5]},
      {name: 'c', layer: 'c', size: 60, figures: [0.2, 0.1]},
    ],
  };
  const of = fromSensitivity(table) as Record<string, (asked: number) => number>;
  // They tolerate 0.8, 0.4 and half of 0.4, which is 0.4 on average.
  expect(['a', 'b', 'c'].map((name) => of[name](0.5))).toEqual([
    0.99,
    expect.closeTo(0.5, 10),
    expect.closeTo(0.25, 10),
  ]);
});

it('sensitivity() rejects invalid arguments, and leaves the model unchanged', async () => {
  const given = model();
  const before = prunableWeights(given).map(({mask}) => mask.dataSync());
  await expect(sensitivity(given, x, y, {sparsities: [1]})).rejects.toThrow(
    'sparsities must be numbers in [0, 1), got 1',
  );
  await expect(sensitivity(given, x, y, {steps: 3} as never)).rejects.toThrow('unknown option "steps"');
  await expect(sensitivity(given, [[1]] as never, y)).rejects.toThrow('sensitivity: data must be [x, y]');
  const stop = () => {
    throw new Error('enough');
  };
  await expect(sensitivity(given, x, y, {recipe: {allocation: global()}, onProgress: stop})).rejects.toThrow(
    'enough',
  );
  expect(prunableWeights(given).map(({mask}) => mask.dataSync())).toEqual(before);
  expect(() => fromSensitivity(null as never)).toThrow();
});

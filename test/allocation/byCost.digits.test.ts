import * as tf from '@tensorflow/tfjs';
import {
  type Allocation,
  byCost,
  channel,
  compact,
  compactReport,
  global,
  polynomial,
  type Recipe,
  report,
  taylor,
} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {enableTraining} from 'tfjs-pruning/wasm';
import {networks} from '../../demo/networks';
import {useBackend} from '../support/backends';
import {digits} from '../support/digits';

useBackend('wasm');

let disable = () => {};
beforeAll(() => {
  disable = enableTraining();
});
afterAll(() => disable());

/** The convolutional network of the demo, trained on some digits, and its accuracy and cost after pruning in training. */
async function trained() {
  const [seen, test] = [digits('train', 4000), digits('t10k', 2000)].map(({x, y}) => ({
    x: x.reshape([-1, 28, 28, 1]),
    y,
  }));
  const make = () => {
    const model = networks.conv([28, 28, 1], 10, 1);
    model.compile({optimizer: tf.train.adam(0.002), loss: 'categoricalCrossentropy', metrics: ['accuracy']});
    return model;
  };
  const train = (model: tf.Sequential, epochs: number, callbacks: tf.Callback[] = []) =>
    model.fit(seen.x, seen.y, {batchSize: 64, epochs, shuffle: false, verbose: 0, callbacks});
  const dense = make();
  await train(dense, 2);

  return async (to: number, allocation: Allocation, recipe: Recipe = {}) => {
    const model = make();
    model.setWeights(dense.getWeights());
    const schedule = polynomial({to});
    const callback = pruning({schedule, ...recipe, allocation, unit: 'batch', begin: 0, end: 110, every: 10});
    await train(model, 3, [callback]);
    const [, accuracy] = model.evaluate(test.x, test.y, {batchSize: 500}) as tf.Scalar[];
    return {model, accuracy: accuracy.dataSync()[0], ...report(model).total};
  };
}

let pruned: Awaited<ReturnType<typeof trained>>;
beforeAll(async () => {
  pruned = await trained();
}, 120_000);

// 67,527 multiplications instead of 145,256, and an accuracy of 92.2 % instead of 93.5 %.
it('byCost() of elements keeps the same number of elements with half the multiplications, at nearly the same accuracy', async () => {
  const [by, all] = [await pruned(0.9, byCost()), await pruned(0.9, global())];
  expect(by.kept).toBe(all.kept);
  expect(by.macs).toBeLessThan(0.55 * all.macs);
  expect(by.accuracy).toBeGreaterThan(all.accuracy - 0.03);
}, 120_000);

// 109,420 instead of 238,600, and 94.6 % instead of 94.4 %.
it('byCost() of channels halves the multiplications after compact()', async () => {
  const recipe = {pattern: channel(), importance: taylor()};
  const [by, all] = [await pruned(0.5, byCost(), recipe), await pruned(0.5, global(), recipe)];
  const [few, many] = [await compact(by.model), await compact(all.model)].map(
    (small) => compactReport(small).after.macs,
  );
  expect(few).toBeLessThan(0.5 * many);
  expect(by.accuracy).toBeGreaterThan(all.accuracy - 0.03);
}, 120_000);

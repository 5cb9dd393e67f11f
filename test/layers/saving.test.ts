import * as tf from '@tensorflow/tfjs';
import {prune, report, strip} from 'tfjs-pruning';
import {prunable, prunableDense} from 'tfjs-pruning/layers';
import {convNet, examples, kernelsOf, masksOf, mlp, outputsOf, seeded} from '../support/models';
import {optimizers, slotsOf} from '../support/optimizers';
import {artifactsOf, bytesOf, load, saveAndLoad} from '../support/saving';

it('masks are saved and loaded with the model', async () => {
  const model = convNet();
  await prune(model, 0.7);
  const loaded = await saveAndLoad(model);
  expect(masksOf(loaded)).toEqual(masksOf(model));
  expect(kernelsOf(loaded)).toEqual(kernelsOf(model));
  expect(outputsOf(loaded)).toEqual(outputsOf(model));
  expect(report(loaded).total).toEqual(report(model).total);
});

it('a loaded model keeps its masks when saved again', async () => {
  const model = mlp();
  await prune(model, 0.5);
  const again = await saveAndLoad(await saveAndLoad(model));
  expect(masksOf(again)).toEqual(masksOf(model));
  expect(outputsOf(again)).toEqual(outputsOf(model));
});

it('masks of nested models are saved and loaded', async () => {
  const inner = tf.sequential({
    layers: [prunableDense({units: 4, inputShape: [4]}), prunableDense({units: 4})],
  });
  const model = tf.sequential({layers: [prunableDense({units: 4, inputShape: [3]}), inner]});
  await prune(model, 0.6);
  const loaded = await saveAndLoad(model);
  expect(masksOf(loaded)).toEqual(masksOf(model));
  expect(outputsOf(loaded)).toEqual(outputsOf(model));
});

// tfjs does not save Adamax.
const saved = optimizers.filter(({name}) => name !== 'adamax');

it.each(saved)('training resumes with masks and optimizer: $name', async ({make}) => {
  const model = mlp();
  model.compile({optimizer: make(), loss: 'meanSquaredError'});
  const {x, y} = examples();
  await model.trainOnBatch(x, y);
  await prune(model, 0.4);
  await model.trainOnBatch(x, y);
  const loaded = await saveAndLoad(model, {includeOptimizer: true});
  for (const each of [model, loaded]) {
    await each.trainOnBatch(x, y);
    await prune(each, 0.7);
  }
  const slotValues = ({optimizer}: tf.LayersModel) =>
    slotsOf(optimizer).map((list) => list.map(({variable}) => [...variable.dataSync()]));
  expectClose(slotValues(loaded).flat(2), slotValues(model).flat(2));
  for (const each of [model, loaded]) {
    await each.trainOnBatch(x, y);
  }
  expect(masksOf(loaded)).toEqual(masksOf(model));
  expect(masksOf(loaded)[0].filter(Boolean)).toHaveLength(7);
  expectClose(kernelsOf(loaded).flat(), kernelsOf(model).flat());
});

/** Compares five digits, because tfjs rounds the restored powers of Adam differently. */
function expectClose(actual: number[], expected: number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 5);
  });
}

it('a saved masked model is at most 1.3 times as large as a plain one', async () => {
  const plain = tf.sequential({
    layers: [
      tf.layers.dense({units: 320, inputShape: [320], kernelInitializer: seeded(1)}),
      tf.layers.dense({units: 10, kernelInitializer: seeded(2)}),
    ],
  });
  const masked = await prunable(plain);
  await prune(masked, 0.9);
  const [plainSize, maskedSize] = (await Promise.all([plain, masked].map((model) => artifactsOf(model)))).map(
    (artifacts) => {
      const {modelTopology, weightSpecs} = artifacts;
      return bytesOf(artifacts).length + JSON.stringify({modelTopology, weightSpecs}).length;
    },
  );
  expect(plain.countParams()).toBeGreaterThan(100_000);
  expect(maskedSize / plainSize).toBeLessThanOrEqual(1.3);
  expect(maskedSize).toBeGreaterThan(plainSize);
});

it('masks are saved as bool', async () => {
  const {weightSpecs} = await artifactsOf(mlp());
  const masks = weightSpecs?.filter(({name}) => name.includes('mask'));
  expect(masks?.map(({dtype, shape}) => [dtype, shape])).toEqual([
    ['bool', [4, 6]],
    ['bool', [6]],
    ['bool', [6, 3]],
    ['bool', [3]],
  ]);
});

it('a file without masks leaves the layers dense', async () => {
  const model = mlp();
  const artifacts = await artifactsOf(model, {trainableOnly: true});
  const loaded = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: artifacts.modelTopology,
      weightSpecs: artifacts.weightSpecs,
      weightData: bytesOf(artifacts).slice().buffer,
    }),
    {strict: false},
  );
  expect(masksOf(loaded).flat()).toEqual(new Array(42).fill(1));
  expect(outputsOf(loaded)).toEqual(outputsOf(model));
});

it('plain tfjs loads the model after strip()', async () => {
  const model = mlp();
  await prune(model, 0.8);
  const artifacts = await artifactsOf(await strip(model));
  const classNames = JSON.stringify(artifacts.modelTopology).match(/"class_name":"[^"]*"/g);
  expect(classNames?.join()).not.toContain('Prunable');
  expect(outputsOf(await load(artifacts))).toEqual(outputsOf(model));
});

it('user-defined metadata of a model is kept', async () => {
  const plain = tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [3]})]});
  plain.setUserDefinedMetadata({labels: ['cat', 'dog']});
  const masked = await prunable(plain);
  const stripped = await strip(masked);
  for (const model of [masked, stripped]) {
    expect(model.getUserDefinedMetadata()).toEqual({labels: ['cat', 'dog']});
    expect((await artifactsOf(model)).userDefinedMetadata).toEqual({labels: ['cat', 'dog']});
  }
  expect((await saveAndLoad(masked)).getUserDefinedMetadata()).toEqual({labels: ['cat', 'dog']});
});

import * as tf from '@tensorflow/tfjs';
import {channel, prune, report, strip} from 'tfjs-pruning';
import {prunable, prunableDense} from 'tfjs-pruning/layers';
import {backends, useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {convNet, examples, kernelsOf, mlp, oneDense, outputsOf} from '../support/models';
import {artifactsOf, saveAndLoad} from '../support/saving';
import {stateOf} from '../support/state';

const classNames = (model: tf.LayersModel) => model.layers.map((layer) => layer.getClassName());

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it.each([
    ['a dense network', mlp],
    ['a convolutional network', convNet],
  ])('strip() returns %s with exactly the same outputs', async (_, make) => {
    const model = make();
    await prune(model, 0.6);
    const plain = await strip(model);
    expect(outputsOf(plain)).toEqual(outputsOf(model));
  });
});

it('strip() replaces prunable classes by the plain classes of tfjs', async () => {
  const plain = await strip(convNet());
  expect(classNames(plain)).toEqual(['Conv2D', 'Flatten', 'Dense']);
  expect(plain.layers.map(({name}) => name).filter((name) => !name.startsWith('flatten'))).toEqual([
    'conv',
    'output',
  ]);
});

it('strip() writes the zeros into the weights and removes the masks', async () => {
  const model = oneDense([
    [1, -2, 3],
    [-4, 5, -6],
  ]);
  await prune(model, 0.5);
  const [kernel, bias, ...rest] = (await strip(model)).getWeights();
  expect([...kernel.dataSync()]).toEqual([0, 0, 0, -4, 5, -6]);
  expect([...bias.dataSync()]).toEqual([0, 0, 0]);
  expect(rest).toEqual([]);
});

it('strip() sets masked elements to 0, whatever value is stored', async () => {
  const model = oneDense([[1, 2]]);
  await prune(model, 0.5);
  model.layers[0].setWeights([tf.tensor2d([[-7, 8]]), ...model.layers[0].getWeights().slice(1)]);
  const [kernel] = (await strip(model)).getWeights();
  expect([...kernel.dataSync()]).toEqual([0, 8]);
});

it('strip() leaves the model unchanged and usable', async () => {
  const model = mlp();
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  const {x, y} = examples();
  await prune(model, 0.5);
  await model.trainOnBatch(x, y);
  const before = stateOf(model);
  const plain = await strip(model);
  expect(stateOf(model)).toEqual(before);
  plain.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  await plain.trainOnBatch(x, y);
  plain.dispose();
  expect(stateOf(model)).toEqual(before);
  await model.trainOnBatch(x, y);
  expect(report(model).total.sparsity).toBe(0.5);
});

it('strip() compiles the result like the model, with a separate optimizer of the same settings and state', async () => {
  const model = mlp();
  model.compile({optimizer: tf.train.momentum(0.03, 0.7, true), loss: 'meanSquaredError', metrics: ['mse']});
  const {x, y} = examples();
  await model.trainOnBatch(x, y);
  const plain = await strip(model);
  expect(plain.optimizer).not.toBe(model.optimizer);
  expect(plain.optimizer.getClassName()).toBe('Momentum');
  expect(plain.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
  expect(plain.optimizer.iterations).toBe(1);
  expect([plain.loss, plain.metricsNames]).toEqual([model.loss, model.metricsNames]);
  expect(plain.evaluate(x, y).toString()).toEqual(model.evaluate(x, y).toString());
});

it('strip() leaves a model uncompiled if it was', async () => {
  expect((await strip(mlp())).optimizer).toBeUndefined();
});

it('strip() handles nested models, and keeps other layers', async () => {
  const inner = tf.sequential({
    layers: [prunableDense({units: 3, inputShape: [4]}), tf.layers.dense({units: 2})],
  });
  const model = tf.sequential({layers: [prunableDense({units: 4, inputShape: [4]}), inner]});
  await prune(model, 0.5);
  const plain = await strip(model);
  expect(classNames(plain)).toEqual(['Dense', 'Sequential']);
  expect(classNames(plain.layers[1] as tf.LayersModel)).toEqual(['Dense', 'Dense']);
  expect(outputsOf(plain)).toEqual(outputsOf(model));
});

it('the result of strip() is saved and loaded as a plain model, without this library', async () => {
  const model = convNet();
  await prune(model, 0.8, {pattern: channel()});
  const plain = await strip(model);
  const {modelTopology, weightSpecs} = await artifactsOf(plain);
  expect(JSON.stringify(modelTopology)).not.toMatch(/prun|mask/i);
  expect(weightSpecs?.map(({name, dtype}) => [name.split('/')[1].split('_')[0], dtype])).toEqual([
    ['kernel', 'float32'],
    ['bias', 'float32'],
    ['kernel', 'float32'],
    ['bias', 'float32'],
  ]);
  expect(outputsOf(await saveAndLoad(plain))).toEqual(outputsOf(model));
});

it('strip() undoes prunable()', async () => {
  const plain = tf.sequential({
    layers: [tf.layers.dense({units: 3, inputShape: [4]}), tf.layers.dense({units: 2})],
  });
  const there = await prunable(plain);
  const back = await strip(there);
  expect(back.toJSON(null, false)).toEqual(plain.toJSON(null, false));
  expect(outputsOf(back)).toEqual(outputsOf(plain));
  expect(kernelsOf(there)).toEqual([0, 1].map((i) => [...plain.layers[i].getWeights()[0].dataSync()]));
});

it('strip() throws for a model without masks', async () => {
  const plain = tf.sequential({name: 'plain', layers: [tf.layers.dense({units: 2, inputShape: [3]})]});
  await expect(strip(plain)).rejects.toThrow(
    'strip: model "plain" has no masks, and so is plain already; use it as it is',
  );
  await expect(strip(null as never)).rejects.toThrow('strip: expected a tf.LayersModel, got null');
});

it('disposing the result of strip() frees all of it', async () => {
  const model = convNet();
  model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});
  await prune(model, 0.5);
  await expectNoLeakedTensors(async () => {
    (await strip(model)).dispose();
  });
});

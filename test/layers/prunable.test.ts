import * as tf from '@tensorflow/tfjs';
import {prune, report} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {architectures, Doubled} from '../support/architectures';
import {gradientsOf, mlp, outputsOf} from '../support/models';
import {stateOf} from '../support/state';

describe.each(architectures)('%s', (_, make, masked) => {
  it('has identical outputs after prunable(), and all possible masks', async () => {
    const model = make();
    const copy = await prunable(model);
    expect(outputsOf(copy)).toEqual(outputsOf(model));
    expect(report(copy).weights.map(({layer}) => layer)).toEqual(expect.arrayContaining(masked));
    expect(report(copy).total.sparsity).toBe(0);
  });

  it('has separate weights: the given model is unchanged and usable', async () => {
    const model = make();
    const [before, outputs] = [stateOf(model), outputsOf(model)];
    const copy = await prunable(model);
    await prune(copy, 0.5);
    expect(outputsOf(copy)).not.toEqual(outputs);
    copy.dispose();
    expect(stateOf(model)).toEqual(before);
    expect(outputsOf(model)).toEqual(outputs);
  });

  it('keeps names, shapes and frozen layers', async () => {
    const model = make();
    model.layers[0].trainable = false;
    const copy = await prunable(model);
    expect(copy.layers.map(({name}) => name)).toEqual(model.layers.map(({name}) => name));
    expect([copy.name, copy.inputNames, copy.outputNames]).toEqual([
      model.name,
      model.inputNames,
      model.outputNames,
    ]);
    const shapes = ({trainableWeights}: tf.LayersModel) => trainableWeights.map(({shape}) => shape);
    expect(shapes(copy)).toEqual(shapes(model));
  });

  it('allocates only the weights and masks of the copy', async () => {
    const model = make();
    const before = tf.memory().numTensors;
    const {weights} = await prunable(model);
    const added = tf.memory().numTensors - before;
    const masks = weights.filter(({dtype}) => dtype === 'bool').length;
    expect(masks).toBeGreaterThanOrEqual(masked.length);
    expect(added).toBeGreaterThanOrEqual(weights.length);
    expect(added).toBeLessThanOrEqual(weights.length + masks);
  });
});

it('report() lists the layers without a mask', async () => {
  const layers = [tf.layers.dense({units: 3, inputShape: [2]}), new Doubled({name: 'doubled'})];
  const copy = await prunable(tf.sequential({layers}));
  expect(report(copy).skipped).toEqual([
    {layer: 'doubled', reason: 'Doubled has no prunable counterpart; makePrunable() makes one'},
  ]);
});

it('prunable() does not register an unregistered layer', async () => {
  const {classNameMap} = tf.serialization.SerializationMap.getMap();
  const before = Object.keys(classNameMap);
  await prunable(tf.sequential({layers: [tf.layers.dense({units: 3, inputShape: [2]}), new Doubled({})]}));
  expect(Object.keys(classNameMap)).toEqual(before);
  expect(before).not.toContain('Doubled');
});

it('frozen layers stay frozen in the copy, and train when unfrozen', async () => {
  const model = tf.sequential({
    layers: [tf.layers.dense({units: 4, inputShape: [3], trainable: false}), tf.layers.dense({units: 2})],
  });
  const copy = await prunable(model);
  copy.compile({optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError'});
  const frozen = () => [...copy.layers[0].getWeights()[0].dataSync()];
  const before = frozen();
  await copy.trainOnBatch(tf.ones([4, 3]), tf.ones([4, 2]));
  expect(frozen()).toEqual(before);
  expect(copy.layers.map(({trainable}) => trainable)).toEqual([false, true]);
  copy.layers[0].trainable = true;
  copy.compile({optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError'});
  await copy.trainOnBatch(tf.ones([4, 3]), tf.ones([4, 2]));
  expect(frozen()).not.toEqual(before);
});

it('a frozen nested model stays frozen in the copy', async () => {
  const inner = tf.sequential({layers: [tf.layers.dense({units: 4, inputShape: [3]})]});
  inner.trainable = false;
  const model = tf.sequential({layers: [inner, tf.layers.dense({units: 2})]});
  const copy = await prunable(model);
  expect(model.trainableWeights).toHaveLength(2);
  expect(copy.trainableWeights.map(({shape}) => shape)).toEqual([[4, 2], [2]]);
});

it('prunable() keeps regularizers and constraints', async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({units: 3, inputShape: [4], kernelRegularizer: tf.regularizers.l1({l1: 0.3})}),
      tf.layers.dense({units: 2, kernelRegularizer: 'l1l2', kernelConstraint: 'nonNeg'}),
    ],
  });
  const copy = await prunable(model);
  const x = tf.randomNormal([5, 4], 0, 1, 'float32', 1);
  expect(outputsOf(copy)).toEqual(outputsOf(model));
  expect(gradientsOf(copy, x)).toEqual(gradientsOf(model, x));
});

it('prunable() of a model with masks copies them', async () => {
  const model = mlp();
  await prune(model, 0.5);
  const copy = await prunable(model);
  expect(outputsOf(copy)).toEqual(outputsOf(model));
  expect(report(copy).weights).toEqual(report(model).weights);
  await prune(copy, 0.8);
  expect(report(model).total.sparsity).toBe(0.5);
});

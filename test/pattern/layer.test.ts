import * as tf from '@tensorflow/tfjs';
import {channel, element, inputChannel, layer, prune, threshold, uniform} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {masksOf, mlp, setKernels} from '../support/models';
import {weightOf} from '../support/weights';

/** Layers a, b and c, with weights of 1, 3 and 2, and an output of 0.1. */
async function chain(): Promise<tf.LayersModel> {
  const dense = (name: string) => tf.layers.dense({units: 2, name, inputShape: [2]});
  const model = await prunable(tf.sequential({layers: ['a', 'b', 'c', 'out'].map(dense)}));
  setKernels(model, ...[1, -3, 2, 0.1].map((value) => new Array(4).fill(value)));
  return model;
}
const kept = (model: tf.LayersModel) => masksOf(model).map(([first]) => first);

it('layer() makes one unit of a weight', () => {
  expect(layer()(weightOf([2, 2]))).toEqual({units: 1, unitOf: new Int32Array(4)});
});

it('layer() empties the least important weights, and excludes the output layers', async () => {
  const model = await chain();
  const {weights, sparsity} = await prune(model, 1 / 3, {pattern: layer()});
  expect(kept(model)).toEqual([0, 1, 1, 1]);
  expect(sparsity).toBe(0.25);
  expect(weights.map(({kept, note}) => [kept, note])).toEqual([
    [0, undefined],
    [1, undefined],
    [1, undefined],
  ]);
  await prune(model, 2 / 3, {pattern: layer()});
  expect(kept(model)).toEqual([0, 1, 0, 1]);
});

it('layer() keeps one weight at any sparsity', async () => {
  const model = await chain();
  await prune(model, 0.99, {pattern: layer()});
  expect(kept(model)).toEqual([0, 1, 0, 1]);
});

it('layer() with a threshold empties the weights at or below it', async () => {
  const model = await chain();
  const {weights} = await prune(model, threshold(2), {pattern: layer(), where: ['a', 'c', 'out']});
  expect(kept(model)).toEqual([0, 1, 0, 0]);
  expect(weights.every(({note}) => note === undefined)).toBe(true);
});

it('layer() with uniform() changes nothing, as each weight keeps its only unit', async () => {
  const model = await chain();
  await prune(model, 0.9, {pattern: layer(), allocation: uniform()});
  expect(kept(model)).toEqual([1, 1, 1, 1]);
});

it('patterns other than layer() empty no weight', async () => {
  for (const pattern of [element(), channel(), inputChannel()]) {
    const model = mlp();
    await prune(model, 0.999, {pattern, where: ['hidden', 'output']});
    await prune(model, threshold(1e9), {pattern, where: ['hidden', 'output']});
    for (const mask of masksOf(model)) {
      expect(mask).toContain(1);
    }
  }
});

it('a batch norm after an emptied layer is 0', async () => {
  const model = await prunable(
    tf.sequential({
      layers: [
        tf.layers.dense({units: 3, inputShape: [2], biasInitializer: 'ones'}),
        tf.layers.batchNormalization({betaInitializer: 'ones'}),
        tf.layers.dense({units: 3}),
        tf.layers.dense({units: 1}),
      ],
    }),
  );
  setKernels(model, new Array(6).fill(1), new Array(9).fill(2), [1, 1, 1]);
  await prune(model, 0.5, {pattern: layer()});
  const norm = tf.model({inputs: model.inputs, outputs: model.layers[1].output as tf.SymbolicTensor});
  expect([...(norm.predict(tf.ones([1, 2])) as tf.Tensor).dataSync()]).toEqual([0, 0, 0]);
});

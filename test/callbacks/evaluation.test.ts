import * as tf from '@tensorflow/tfjs';
import {evaluation} from 'tfjs-pruning/callbacks';
import {accuracy, f1, precision} from 'tfjs-pruning/metrics';
import {expectNoLeakedTensors} from '../support/memory';

// A model that says 1 where x is above 0, and does not learn.
function sign(): tf.Sequential {
  const model = tf.sequential({
    layers: [tf.layers.dense({units: 1, inputShape: [1], activation: 'sigmoid', name: 'only'})],
  });
  model.setWeights([tf.tensor2d([[10]]), tf.zeros([1])]);
  model.compile({optimizer: tf.train.sgd(0), loss: 'meanSquaredError'});
  return model;
}

const x = tf.tensor2d([1, 1, 1, 1, -1, -1], [6, 1]);
// Three of four found rightly, one of two missed.
const y = tf.tensor2d([1, 1, 1, 0, 1, 0], [6, 1]);
const figures = {val_f1: 6 / 8, val_precision: 3 / 4, val_accuracy: 4 / 6};
const metrics = [f1(), precision(), accuracy()];

it('evaluation() computes metrics over all data, whatever the batch size', async () => {
  for (const batchSize of [1, 4, undefined]) {
    const model = sign();
    const {history} = await model.fit(x, y, {
      epochs: 2,
      verbose: 0,
      callbacks: [evaluation({metrics, data: [x, y], batchSize})],
    });
    for (const [name, figure] of Object.entries(figures)) {
      expect(history[name]).toEqual([expect.closeTo(figure, 6), expect.closeTo(figure, 6)]);
    }
  }
});

it('evaluation() takes one-hot targets, class numbers and datasets', async () => {
  const model = tf.sequential({layers: [tf.layers.dense({units: 3, inputShape: [3], name: 'only'})]});
  model.setWeights([tf.eye(3), tf.zeros([3])]);
  model.compile({optimizer: tf.train.sgd(0), loss: 'meanSquaredError'});
  const [inputs, classes] = [tf.eye(3), tf.tensor1d([0, 1, 1], 'int32')];
  const oneHot = tf.cast(tf.oneHot(classes, 3), 'float32');
  const dataset = tf.data
    .zip({
      xs: tf.data.array((await inputs.array()) as number[][]),
      ys: tf.data.array((await oneHot.array()) as number[][]),
    } as never)
    .batch(2);
  for (const data of [[inputs, classes], [inputs, oneHot], dataset]) {
    const callback = evaluation({metrics: [accuracy()], data: data as never});
    const {history} = await model.fit(inputs, oneHot, {epochs: 1, verbose: 0, callbacks: [callback]});
    expect(history.val_accuracy).toEqual([expect.closeTo(2 / 3, 6)]);
  }
});

it('evaluation() leaks no tensors', async () => {
  const model = sign();
  await model.fit(x, y, {epochs: 1, verbose: 0});
  await expectNoLeakedTensors(async () => {
    await model.fit(x, y, {
      epochs: 2,
      verbose: 0,
      callbacks: [evaluation({metrics, data: [x, y], batchSize: 4})],
    });
  });
});

it.each([
  [
    {metrics: [], data: [x, y]},
    'evaluation: metrics must be a list as [f1(), accuracy()], got an array of 0',
  ],
  [{metrics: [f1], data: [x, y]}, 'got a function'],
  [{metrics, data: x}, 'evaluation: data must be [x, y], two tensors, or a dataset'],
  [{metrics, data: [x, y], batchSize: 0}, 'evaluation: batchSize must be a whole number from 1, got 0'],
  [{metrics, data: [x, y], every: 2}, 'evaluation: unknown option "every"'],
])('evaluation() rejects bad options %#', (options, message) => {
  expect(() => evaluation(options as never)).toThrow(message);
});

it('evaluation() rejects a model with several outputs, and targets that are not classes', async () => {
  const input = tf.input({shape: [1]});
  const outputs = [1, 2].map(() => tf.layers.dense({units: 1}).apply(input) as tf.SymbolicTensor);
  const model = tf.model({inputs: input, outputs});
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const callback = () => evaluation({metrics, data: [x, y]});
  await expect(model.fit(x, [y, y], {verbose: 0, callbacks: [callback()]})).rejects.toThrow('has 2 outputs');
  const half = evaluation({metrics, data: [x, tf.fill([6, 1], 0.5)]});
  await expect(sign().fit(x, y, {verbose: 0, callbacks: [half]})).rejects.toThrow(
    'targets must be one-hot or class numbers from 0, got 0.5',
  );
});

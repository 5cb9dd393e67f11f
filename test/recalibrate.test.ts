import * as tf from '@tensorflow/tfjs';
import {channel, prune, recalibrate} from 'tfjs-pruning';
import {prunableConv2d} from 'tfjs-pruning/layers';
import {expectNoLeakedTensors} from './support/memory';

it('recalibrate() stores the mean and variance of the inputs, averaged over the batches', async () => {
  const model = tf.sequential({layers: [tf.layers.batchNormalization({inputShape: [2], momentum: 0.9})]});
  const x = tf.tensor2d([
    [1, 0],
    [3, 4],
    [5, 0],
    [9, 4],
  ]);
  await expectNoLeakedTensors(() => recalibrate(model, x, {batchSize: 2}));
  const [, , mean, variance] = model.getWeights().map((weight) => Array.from(weight.dataSync()));
  expect(mean).toEqual([expect.closeTo(4.5, 5), expect.closeTo(2, 5)]);
  // The variances of the batches are 1 and 4 in the first column, 4 and 4 in the second.
  expect(variance).toEqual([expect.closeTo(2.5, 5), expect.closeTo(4, 5)]);
});

it('recalibrate() updates a batch norm whose inputs changed by pruning', async () => {
  const seeded = (seed: number) => tf.initializers.randomNormal({seed, mean: 0.3});
  const model = tf.sequential({
    layers: [
      prunableConv2d({
        filters: 8,
        kernelSize: 3,
        inputShape: [8, 8, 1],
        kernelInitializer: seeded(1),
        name: 'first',
      }),
      tf.layers.activation({activation: 'relu'}),
      tf.layers.dropout({rate: 0.9}),
      prunableConv2d({filters: 4, kernelSize: 3, kernelInitializer: seeded(2), name: 'second'}),
      tf.layers.batchNormalization({scale: false, center: false}),
    ],
  });
  const x = tf.randomUniform([64, 8, 8, 1], 0, 1, 'float32', 5) as tf.Tensor;
  const moments = () => {
    const {mean, variance} = tf.moments(model.predict(x) as tf.Tensor, [0, 1, 2]);
    return [...mean.dataSync(), ...variance.dataSync()];
  };
  const centered = [0, 0, 0, 0, 1, 1, 1, 1].map((value) => expect.closeTo(value, 1));
  await recalibrate(model, x);
  expect(moments()).toEqual(centered);
  const others = () =>
    model
      .getWeights()
      .slice(0, -2)
      .map((weight) => weight.dataSync());
  await prune(model, 0.5, {pattern: channel(), where: ['first']});
  expect(moments()).not.toEqual(centered);
  const before = others();
  await recalibrate(model, x, {batches: 1, batchSize: 64});
  expect(moments()).toEqual(centered);
  expect(others()).toEqual(before);
});

it('recalibrate() rejects invalid arguments', async () => {
  const model = tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [2]})]});
  await expect(recalibrate(model, tf.ones([1, 2]))).rejects.toThrow(
    'has no batch normalization to measure again',
  );
  await expect(recalibrate(model, tf.ones([0, 2]))).rejects.toThrow(
    'x must be a tensor of at least one example',
  );
  await expect(recalibrate(model, tf.ones([1, 2]), {batches: 0})).rejects.toThrow(
    'batches must be a number from 1',
  );
  await expect(recalibrate({} as never, tf.ones([1, 2]))).rejects.toThrow(
    'recalibrate: expected a tf.LayersModel',
  );
});

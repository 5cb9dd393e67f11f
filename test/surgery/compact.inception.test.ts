import * as tf from '@tensorflow/tfjs';
import {channel, compact, compactReport, prune} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {inceptionV3} from '../support/inception';

it('compact() of InceptionV3 with half of the channels leaves a quarter of the parameters, with the same outputs in training', async () => {
  const plain = inceptionV3(1 / 8);
  expect(plain.layers.filter((layer) => layer.getClassName() === 'BatchNormalization')).toHaveLength(94);
  const model = await prunable(plain);
  await prune(model, 0.5, {pattern: channel()});
  const small = await compact(model);
  const {before, after, whole} = compactReport(small);
  expect(after.parameters / before.parameters).toBeLessThan(0.26);
  expect(whole.map(({layer}) => layer)).toEqual([model.layers[model.layers.length - 1].name]);
  expect(difference(model, small)).toBeLessThan(1e-5);

  model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});
  await model.trainOnBatch(tf.randomNormal([2, 75, 75, 3]), tf.oneHot([1, 2], 10));
  const trained = await compact(model);
  expect(compactReport(trained).after.parameters).toBe(after.parameters);
  expect(difference(model, trained)).toBeLessThan(1e-5);
}, 120_000);

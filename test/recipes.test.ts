import * as tf from '@tensorflow/tfjs';
import {report} from 'tfjs-pruning';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {enableTraining} from 'tfjs-pruning/wasm';
import {useBackend} from './support/backends';
import {examplesIn, run} from './support/examples';

// Bars in three positions, with noise.
const places = tf.tidy(() =>
  tf.cast(tf.floor(tf.randomUniform([96], 0, 3, 'float32', 4)), 'int32'),
) as tf.Tensor1D;
const labels = tf.tidy(() => tf.cast(tf.oneHot(places, 3), 'float32')) as tf.Tensor2D;
const images = tf.tidy(() => {
  const bars = tf.gather(tf.oneHot(tf.tensor1d([1, 3, 5], 'int32'), 8), places);
  const noise = tf.randomNormal([96, 8, 8, 1], 0, 0.3, 'float32', 5);
  return tf.add(noise, tf.reshape(bars, [96, 1, 8, 1]));
}) as tf.Tensor4D;
const part = <Shape extends tf.Tensor>(tensor: Shape, start: number, size: number) =>
  tensor.slice(start, size) as Shape;
const [x, y] = [part(images, 0, 64), part(labels, 0, 64)];
const validationData = [part(images, 64, 32), part(labels, 64, 32)];

function network(plain: boolean): tf.Sequential {
  const [conv2d, dense] = plain ? [tf.layers.conv2d, tf.layers.dense] : [prunableConv2d, prunableDense];
  const init = (seed: number) => ({kernelInitializer: tf.initializers.glorotUniform({seed})});
  const model = tf.sequential({
    layers: [
      conv2d({filters: 6, kernelSize: 3, inputShape: [8, 8, 1], activation: 'relu', ...init(1)}),
      tf.layers.batchNormalization(),
      tf.layers.maxPooling2d({poolSize: 2}),
      tf.layers.flatten(),
      dense({units: 10, activation: 'relu', ...init(2)}),
      dense({units: 3, activation: 'softmax', ...init(3)}),
    ],
  });
  model.compile({optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  return model;
}

describe('docs/recipes.md', () => {
  useBackend('wasm');
  beforeAll(enableTraining);

  it.each(examplesIn('docs/recipes.md'))('%s', async (_, code) => {
    const model = network(false);
    const log = jest.spyOn(console, 'log').mockImplementation();
    const declared = /\b(tuned)\b/.test(code) ? ['tuned'] : [];
    const {tuned} = await run(code, {model, loaded: network(true), x, y, validationData}, declared);
    log.mockRestore();
    const {total} = report((tuned as tf.LayersModel | undefined) ?? model);
    expect(total.sparsity).toBeGreaterThan(0.05);
  });

  it('names its logs so that tfjs-vis can chart them', () => {
    for (const name of ['sparsity', 'accepted', 'before', 'cut', 'recovered', 'val_f1']) {
      expect(name).toMatch(/^[a-zA-Z_][\w-]*$/);
    }
  });
});

import * as tf from '@tensorflow/tfjs';
import 'tfjs-pruning/layers';
import '../support/cpu';
import {lossesOf, twoHeads} from '../support/tasks';

/** A model of one layer on images, as Keras 2 writes it. */
const savedByKeras = (class_name: string, config: object) => ({
  class_name: 'Sequential',
  config: {
    name: 'saved',
    layers: [{class_name, config: {name: 'layer', batch_input_shape: [null, 4, 4, 2], ...config}}],
  },
});

describe('with tfjs-pruning/layers tfjs loads what Keras 2 saves:', () => {
  it('a SeparableConv2D with the fields of Conv2D', async () => {
    const zeros = {class_name: 'Zeros', config: {}};
    const config = {
      filters: 3,
      kernel_size: [2, 2],
      depth_multiplier: 2,
      kernel_initializer: zeros,
      kernel_regularizer: null,
      kernel_constraint: null,
      depthwise_initializer: zeros,
      pointwise_initializer: zeros,
    };
    const model = await tf.models.modelFromJSON(savedByKeras('SeparableConv2D', config) as never);
    expect(model.getWeights().map(({shape}) => shape)).toEqual([[2, 2, 2, 2], [1, 1, 4, 3], [3]]);
  });

  it.each([
    ['L1', {l1: 0.5}, '{"l1":0.5,"l2":0}'],
    ['L2', {l2: 0.5}, '{"l1":0,"l2":0.5}'],
  ])('a regularizer of class %s, which tfjs saves as one of its own', async (class_name, config, saved) => {
    const dense = savedByKeras('Dense', {units: 3, kernel_regularizer: {class_name, config}});
    const model = await tf.models.modelFromJSON(dense as never);
    expect(model.toJSON(null, true)).toContain(
      `"kernel_regularizer":{"class_name":"L1L2","config":${saved}}`,
    );
  });
});

describe('with tfjs-pruning/layers a model of several outputs has the figures that the names say', () => {
  it('in evaluate()', () => {
    const task = twoHeads();
    const [size, kind, right] = lossesOf(task);
    const figures = (task.model.evaluate(task.x, task.y) as tf.Scalar[]).map(
      (scalar) => scalar.dataSync()[0],
    );
    expect(task.model.metricsNames).toEqual(['loss', 'size_loss', 'kind_loss', 'kind_acc']);
    expect(figures).toEqual([size + kind, size, kind, right].map((figure) => expect.closeTo(figure, 4)));
  });

  it('in the validation of fit, and leaves no tensor behind', async () => {
    const task = twoHeads({optimizer: tf.train.sgd(0)});
    const [size, kind, right] = lossesOf(task);
    const run = () =>
      task.model.fit(task.x, task.y, {epochs: 1, verbose: 0, validationData: [task.x, task.y]});
    const {history} = await run();
    expect(history).toMatchObject({
      val_loss: [expect.closeTo(size + kind, 4)],
      val_size_loss: [expect.closeTo(size, 4)],
      val_kind_loss: [expect.closeTo(kind, 4)],
      val_kind_acc: [expect.closeTo(right, 4)],
    });
    const before = tf.memory().numTensors;
    await run();
    expect(tf.memory().numTensors).toBe(before);
  });
});

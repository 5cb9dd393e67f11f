import * as tf from '@tensorflow/tfjs';
import 'tfjs-pruning/layers';
import {backends, useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {seeded} from '../support/models';
import {lossesOf, twoHeads} from '../support/tasks';

/** A model of one layer on images, in the format of Keras 2. */
const savedByKeras = (class_name: string, config: object) => ({
  class_name: 'Sequential',
  config: {
    name: 'saved',
    layers: [{class_name, config: {name: 'layer', batch_input_shape: [null, 4, 4, 2], ...config}}],
  },
});

describe('with tfjs-pruning/layers tfjs loads from Keras 2', () => {
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
  ])('a regularizer of class %s, which tfjs saves in its own format', async (class_name, config, saved) => {
    const dense = savedByKeras('Dense', {units: 3, kernel_regularizer: {class_name, config}});
    const model = await tf.models.modelFromJSON(dense as never);
    expect(model.toJSON(null, true)).toContain(
      `"kernel_regularizer":{"class_name":"L1L2","config":${saved}}`,
    );
  });
});

describe('with tfjs-pruning/layers the metrics of a model with several outputs match their names', () => {
  it('in evaluate()', () => {
    const task = twoHeads();
    const [size, kind, right] = lossesOf(task);
    const figures = (task.model.evaluate(task.x, task.y) as tf.Scalar[]).map(
      (scalar) => scalar.dataSync()[0],
    );
    expect(task.model.metricsNames).toEqual(['loss', 'size_loss', 'kind_loss', 'kind_acc']);
    expect(figures).toEqual([size + kind, size, kind, right].map((figure) => expect.closeTo(figure, 4)));
  });

  it('in the validation of fit, without leaking tensors', async () => {
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

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  const {layers} = tf;
  const network = (args: object, dims: number[]) =>
    tf.sequential({
      layers: [
        layers.inputLayer({inputShape: dims}),
        layers.dense({units: 3, kernelInitializer: seeded(1)}),
        layers.batchNormalization({name: 'norm', ...args}),
        layers.reshape({targetShape: [dims.slice(0, -1).reduce((product, dim) => product * dim, 3)]}),
        layers.dense({units: 1, kernelInitializer: seeded(2)}),
      ],
    });
  /** The weights after a step of training, by layer and field. */
  async function trained(args: object, dims: number[]): Promise<Record<string, number[] | undefined>> {
    const model = network(args, dims);
    model.compile({optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError'});
    const [x, y] = [tf.randomNormal([8, ...dims], 1, 2, 'float32', 3), tf.range(0, 8).reshape([8, 1])];
    await model.trainOnBatch(x, y);
    return Object.fromEntries(
      model.layers.flatMap((layer, i) =>
        Object.entries(layer)
          .filter(([, variable]) => variable instanceof tf.LayerVariable)
          .map(([field, variable]) => [`${i}.${field}`, [...variable.read().dataSync()]]),
      ),
    );
  }

  describe.each([[[4]], [[5, 4]], [[3, 5, 4]]])('a batch norm on inputs of %j', (dims) => {
    it.each([[{scale: false}], [{center: false}], [{scale: false, center: false}]])(
      'trains with %j as with an initial gamma of 1 and beta of 0',
      async (args) => {
        const full = await trained({}, dims);
        if ('scale' in args) delete full['2.gamma'];
        if ('center' in args) delete full['2.beta'];
        expect(Object.keys(full)).toHaveLength(8 - Object.keys(args).length);
        expect(await trained(args, dims)).toEqual(full);
      },
    );
  });

  it('a batch norm without scale and center leaks no tensors', async () => {
    const model = network({scale: false, center: false}, [4]);
    model.compile({optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError'});
    const [x, y] = [tf.ones([8, 4]), tf.ones([8, 1])];
    await model.trainOnBatch(x, y);
    await expectNoLeakedTensors(async () => {
      tf.dispose(await model.trainOnBatch(x, y));
    });
    expect(Object.keys(model.getLayer('norm'))).not.toContain('gamma');
  });
});

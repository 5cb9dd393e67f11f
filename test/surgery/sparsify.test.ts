import * as tf from '@tensorflow/tfjs';
import {block, channel, compact, element, prune, report, sparsify, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {enableTraining} from 'tfjs-pruning/wasm';
import {useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {mlp, outputsOf} from '../support/models';
import {saveAndLoad} from '../support/saving';
import {numbers, restartWasm} from '../wasm/backends';

const {layers} = tf;
type Symbolic = tf.SymbolicTensor;
const apply = (layer: tf.layers.Layer, input: Symbolic | Symbolic[]) => layer.apply(input) as Symbolic;

/** Sets every weight to random numbers; around 1 for batch norms, which have variances. */
function filled<Model extends tf.LayersModel>(model: Model): Model {
  model.setWeights(
    model.getWeights().map((weight, i) =>
      tf.tidy(() => {
        const values = numbers(weight.shape, i + 1);
        return weight.rank === 1 ? tf.add(tf.mul(values, 0.2), 1) : tf.mul(values, 0.3);
      }),
    ),
  );
  return model;
}

/** Layers of each kind with products, large enough for sparse kernels to pay off, with norms and activations. */
function network(): tf.LayersModel {
  const input = tf.input({shape: [24, 24, 16]});
  const norm = () => layers.batchNormalization();
  let x = apply(
    layers.conv2d({filters: 32, kernelSize: 3, padding: 'same', useBias: false, name: 'conv'}),
    input,
  );
  x = apply(layers.reLU({maxValue: 6}), apply(norm(), x));
  x = apply(layers.depthwiseConv2d({kernelSize: 5, padding: 'same', strides: 2, name: 'depthwise'}), x);
  x = apply(layers.activation({activation: 'relu'}), apply(norm(), x));
  const pointwise = apply(layers.conv2d({filters: 32, kernelSize: 1, name: 'pointwise'}), x);
  x = apply(layers.add(), [x, apply(norm(), pointwise)]);
  x = apply(layers.flatten(), x);
  x = apply(layers.dense({units: 64, activation: 'tanh', name: 'hidden'}), x);
  return tf.model({
    inputs: input,
    outputs: apply(layers.dense({units: 10, activation: 'softmax', name: 'out'}), x),
  });
}

async function pruned(make = network, sparsity = 0.9, pattern = element()): Promise<tf.LayersModel> {
  const plain = filled(make());
  const model = await prunable(plain);
  plain.dispose();
  await prune(model, sparsity, {pattern, where: () => true});
  return model;
}

/** The largest difference of two models' outputs relative to the largest output, for a batch. */
function difference(a: tf.LayersModel, b: tf.LayersModel, batch: number): number {
  return tf.tidy(() => {
    const x = numbers([batch, ...(a.inputs[0].shape.slice(1) as number[])], 99);
    const [one, other] = [a, b].map((model) => model.predict(x) as tf.Tensor);
    return tf.div(tf.max(tf.abs(tf.sub(one, other))), tf.max(tf.abs(one))).dataSync()[0];
  });
}

const runsOf = (model: tf.LayersModel) => report(model).weights.map(({runs}) => runs ?? '');

describe('on wasm', () => {
  beforeAll(restartWasm);
  afterAll(() => tf.setBackend('cpu'));

  it.each([1, 2, 16, 33])('sparsify() keeps the outputs of the model, for a batch of %i', async (batch) => {
    const model = await pruned();
    expect(difference(model, await sparsify(model), batch)).toBeLessThan(1e-5);
  });

  it('runs every pruned dense, convolutional and depthwise layer on its nonzeros', async () => {
    const model = await pruned(network, 0.95);
    const fast = await sparsify(model);
    difference(model, fast, 16);
    expect(report(fast).weights.map(({name}) => name)).toEqual([
      'conv/kernel',
      'depthwise/depthwiseKernel',
      'pointwise/kernel',
      'hidden/kernel',
      'out/kernel',
    ]);
    for (const runs of runsOf(fast)) expect(runs).toMatch(/^sparse, in \d+ % of the time of dense$/);
  });

  it.each([2, 4])('uses blocks of %i outputs', async (width) => {
    const model = await pruned(mlpOf64, 0.9, block(1, width));
    const fast = await sparsify(model);
    expect(difference(model, fast, 1)).toBeLessThan(1e-5);
    expect(difference(model, fast, 40)).toBeLessThan(1e-5);
  });

  it.each(['elu', 'sigmoid', 'relu6', 'selu'])('applies the activation %s', async (activation) => {
    const make = () =>
      tf.sequential({layers: [layers.dense({units: 64, inputShape: [64], activation} as never)]});
    const model = await pruned(make);
    expect(difference(model, await sparsify(model), 20)).toBeLessThan(1e-5);
  });

  it('uses the current weights of the model', async () => {
    const model = await pruned(mlpOf64, 0.95);
    const fast = await sparsify(model);
    outputsOf(fast);
    const other = await strip(await pruned(mlpOf64, 0.8));
    fast.setWeights(other.getWeights().map((weight) => tf.mul(weight, -1)));
    other.setWeights(fast.getWeights());
    expect(difference(fast, other, 20)).toBeLessThan(1e-5);
    expect(report(fast).total.sparsity).toBeCloseTo(0.8, 2);
  });

  it('trains like any model, as its layers are dense in training', async () => {
    const model = await pruned(mlpOf64, 0.9);
    const [fast, plain] = [await sparsify(model), await strip(model)];
    const [x, y] = [numbers([32, 64], 1), numbers([32, 8], 2)];
    for (const one of [fast, plain]) {
      one.compile({optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError'});
      await one.fit(x, y, {epochs: 2, shuffle: false});
    }
    expect(difference(fast, plain, 20)).toBeLessThan(1e-4);
  });

  it('throws in training mode if batch norms are folded, and changes nothing', async () => {
    const fast = await sparsify(await pruned());
    fast.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    const before = fast.getWeights().map((weight) => [...weight.dataSync()]);
    const [x, y] = [numbers([2, 24, 24, 16], 1), numbers([2, 10], 2)];
    const refusal =
      /^sparsify: the batch norm batch_normalization_\w+ is part of conv, which cannot compute as in training; train the model that you gave to sparsify, or give \{foldNorms: false\}$/;
    expect(() => fast.apply(x, {training: true})).toThrow(refusal);
    expect(() => fast.call(x, {training: true})).toThrow(refusal);
    expect(() => layers.timeDistributed({layer: fast}).apply(x.expandDims(1), {training: true})).toThrow(
      refusal,
    );
    await expect(fast.fit(x, y)).rejects.toThrow(refusal);
    await expect(fast.trainOnBatch(x, y)).rejects.toThrow(refusal);
    expect(fast.getWeights().map((weight) => [...weight.dataSync()])).toEqual(before);
    expect((fast.apply(x, {training: false}) as tf.Tensor).shape).toEqual([2, 10]);
  });

  it('trains like the model if batch norms are kept', async () => {
    const model = await pruned();
    const [fast, plain] = [await sparsify(model, {foldNorms: false}), await strip(model)];
    const [x, y] = [numbers([8, 24, 24, 16], 1), numbers([8, 10], 2)];
    const [one, other] = [fast, plain].map((made) => made.apply(x, {training: true}) as tf.Tensor);
    expect(tf.max(tf.abs(tf.sub(one, other))).dataSync()[0]).toBeLessThan(1e-5);
    expect(difference(fast, plain, 3)).toBeLessThan(1e-5);
    const disable = enableTraining();
    for (const made of [fast, plain]) {
      made.compile({optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError'});
      await made.fit(x, y, {epochs: 2, shuffle: false});
    }
    disable();
    expect(difference(fast, plain, 3)).toBeLessThan(1e-3);
  });

  it('has the gradients of the model', async () => {
    const fast = await sparsify(await pruned(mlpOf64, 0.9));
    const gradient = tf.grad((x) => tf.sum(fast.predict(x) as tf.Tensor))(numbers([2, 64], 3));
    expect(gradient.abs().sum().dataSync()[0]).toBeGreaterThan(0);
  });

  it('predicts inputs of several shapes in turn', async () => {
    const model = await pruned(imagesOfAnySize, 0.9);
    const fast = await sparsify(model);
    expect(runsOf(fast)).toEqual(['as fits the size of its inputs, which is not known yet']);
    for (const size of [20, 33, 20]) {
      const x = numbers([2, size, size + 3, 8], size);
      const [one, other] = [model, fast].map((made) => made.predict(x) as tf.Tensor);
      expect(tf.max(tf.abs(tf.sub(one, other))).dataSync()[0]).toBeLessThan(1e-5);
    }
  });

  it('predicts empty batches, and inputs with more dimensions', async () => {
    const make = () => tf.sequential({layers: [layers.dense({units: 64, inputShape: [64, 64]})]});
    const model = await pruned(make);
    const fast = await sparsify(model);
    expect((fast.layers[0].apply(tf.zeros([0, 64])) as tf.Tensor).shape).toEqual([0, 64]);
    fast.layers[0].apply(tf.zeros([1, 64]));
    expect(difference(model, fast, 1)).toBeLessThan(1e-5);
    expect(difference(model, fast, 3)).toBeLessThan(1e-5);
  });

  it('leaks nothing, and disposes its lists of nonzeros', async () => {
    const model = await pruned();
    await expectNoLeakedTensors(async () => {
      const fast = await sparsify(model);
      for (const batch of [1, 20, 3, 1]) difference(model, fast, batch);
      const before = [tf.memory().numTensors, tf.memory().numBytes, tf.backend().numDataIds()];
      for (let i = 0; i < 40; i++) difference(model, fast, 1 + (i % 3));
      expect([tf.memory().numTensors, tf.memory().numBytes, tf.backend().numDataIds()]).toEqual(before);
      fast.dispose();
    });
  });

  it('is saved as plain layers, which can be sparsified again', async () => {
    const model = await pruned();
    const loaded = await saveAndLoad(await sparsify(model));
    expect(new Set(loaded.layers.map((layer) => layer.getClassName()))).toEqual(
      new Set(['InputLayer', 'Conv2D', 'DepthwiseConv2D', 'Add', 'Flatten', 'Dense']),
    );
    expect(difference(model, loaded, 4)).toBeLessThan(1e-5);
    expect(difference(loaded, await sparsify(loaded), 4)).toBeLessThan(1e-5);
  });

  it.each([0.2, 0.9])(
    'computes convolutions with strides larger than their windows, %f pruned',
    async (share) => {
      const make = () =>
        tf.sequential({
          layers: [
            layers.conv2d({
              filters: 8,
              kernelSize: [2, 5],
              strides: 3,
              padding: 'same',
              activation: 'tanh',
              inputShape: [15, 16, 4],
            }),
            layers.depthwiseConv2d({kernelSize: [1, 3], strides: 2, padding: 'same', depthMultiplier: 2}),
          ],
        });
      const model = await pruned(make, share);
      const fast = await sparsify(model);
      const x = numbers([3, 15, 16, 4], 4);
      await tf.setBackend('cpu');
      const expected = await (model.predict(x) as tf.Tensor).data();
      await tf.setBackend('wasm');
      const found = await (fast.predict(x) as tf.Tensor).data();
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 5);
      });
    },
  );

  it.each([
    // A new backend is measured again, and a layer may use another form.
    ['left for another', async () => undefined, 0],
    ['restarted', restartWasm, 5e-6],
  ])('works after the backend was %s', async (_, change, rounding) => {
    const model = await pruned(mlpOf64, 0.9);
    const fast = await sparsify(model);
    const before = outputsOf(fast);
    await tf.setBackend('cpu');
    const dense = outputsOf(fast);
    // A removed backend takes its data with it.
    await Promise.all(fast.weights.map((weight) => weight.read().data()));
    await change();
    await tf.setBackend('wasm');
    outputsOf(fast).forEach((value, i) => {
      expect(Math.abs(value - before[i])).toBeLessThanOrEqual(rounding);
    });
    dense.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i], 5);
    });
  });
});

describe('on cpu', () => {
  useBackend('cpu');

  it('sparsify() keeps the outputs, and reports that they are computed densely', async () => {
    const model = await pruned();
    const fast = await sparsify(model);
    expect(difference(model, fast, 2)).toBeLessThan(1e-5);
    expect(new Set(runsOf(fast))).toEqual(new Set(['dense, as the backend is cpu']));
  });

  it('report() has the column runs, and names the layers without a sparse product', async () => {
    const model = tf.sequential({
      layers: [
        layers.embedding({inputDim: 5, outputDim: 4, inputLength: 3, name: 'memory'}),
        layers.globalAveragePooling1d({}),
        layers.dense({units: 3, name: 'only'}),
      ],
    });
    const text = report(await sparsify(model)).toString();
    expect(text).toMatch(/bytes +runs/);
    expect(text).toMatch(/only\/kernel +4×3 +12 +12 +0\.00 % +12 +48 +dense, as the backend is cpu/);
    expect(text).toContain('always dense: memory, as Embedding has no sparse product');
  });

  it('folds batch norms and activations into the previous layer if nothing else uses its outputs', async () => {
    const input = tf.input({shape: [6, 6, 3]});
    const conv = apply(layers.conv2d({filters: 4, kernelSize: 3, name: 'conv'}), input);
    const norm = apply(layers.batchNormalization({name: 'norm'}), conv);
    const seen = apply(layers.conv2d({filters: 4, kernelSize: 3, name: 'seen'}), norm);
    const model = filled(
      tf.model({
        inputs: input,
        outputs: [
          apply(layers.activation({activation: 'relu'}), apply(layers.batchNormalization(), seen)),
          seen,
        ],
      }),
    );
    const fast = await sparsify(model);
    const names = fast.layers.map((layer) => layer.getClassName());
    expect(names).toEqual(['InputLayer', 'Conv2D', 'Conv2D', 'BatchNormalization', 'Activation']);
    const [before, after] = [model, fast].map((made) => outputsOf(made));
    after.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i], 4);
    });
  });

  it('folds in nested and Sequential models, and norms without scale or center', async () => {
    const inner = tf.sequential({
      layers: [
        layers.dense({units: 8, inputShape: [5]}),
        layers.batchNormalization({scale: false}),
        layers.reLU({}),
        layers.dense({units: 8}),
        layers.batchNormalization({center: false}),
      ],
    });
    const model = filled(tf.sequential({layers: [inner, layers.dense({units: 2})]}));
    const fast = await sparsify(model);
    const inside = (fast.layers[0] as tf.Sequential).layers;
    expect(inside.map((layer) => layer.getClassName())).toEqual(['Dense', 'Dense']);
    expect(difference(model, fast, 7)).toBeLessThan(1e-5);
  });

  it.each([
    ['an activation', () => layers.activation({activation: 'softmax', name: 'end'})],
    ['a batch norm', () => layers.batchNormalization({name: 'end'})],
    ['a ReLU', () => layers.reLU({name: 'end'})],
  ])('does not fold %s that is an output of the model, as losses refer to it by name', async (_, end) => {
    const input = tf.input({shape: [8]});
    const functional = tf.model({
      inputs: input,
      outputs: apply(end(), apply(layers.dense({units: 4}), input)),
    });
    const sequential = tf.sequential({layers: [layers.dense({units: 4, inputShape: [8]}), end()]});
    for (const model of [functional, sequential].map(filled)) {
      model.compile({optimizer: 'sgd', loss: {end: 'meanSquaredError'}});
      const fast = await sparsify(model);
      expect(fast.outputNames).toEqual(['end']);
      expect(difference(model, fast, 3)).toBe(0);
    }
  });

  it('folds the last layers of a nested functional model, called once or twice', async () => {
    const input = tf.input({shape: [8]});
    const norm = apply(layers.batchNormalization(), apply(layers.dense({units: 8}), input));
    const inner = tf.model({inputs: input, outputs: apply(layers.reLU(), norm)});
    const outer = tf.input({shape: [8]});
    const once = apply(inner, outer);
    const model = filled(tf.model({inputs: outer, outputs: [once, apply(inner, once)]}));
    const fast = await sparsify(model);
    expect((fast.layers[1] as tf.LayersModel).layers.map((layer) => layer.getClassName())).toEqual([
      'InputLayer',
      'Dense',
    ]);
    expect(outputsOf(fast)).toHaveLength(32);
    outputsOf(fast).forEach((value, i) => {
      expect(value).toBeCloseTo(outputsOf(model)[i], 4);
    });
  });

  it('leaves layers with channelsFirst to tfjs, and norms along other axes', async () => {
    const model = filled(
      tf.sequential({
        layers: [
          layers.conv2d({
            filters: 8,
            kernelSize: 3,
            padding: 'same',
            dataFormat: 'channelsFirst',
            inputShape: [3, 8, 8],
          }),
          layers.batchNormalization({axis: -1}),
          layers.flatten(),
        ],
      }),
    );
    const fast = await sparsify(model);
    expect(fast.layers).toHaveLength(3);
    expect(difference(model, fast, 2)).toBe(0);
    expect(runsOf(fast)).toEqual(['dense, as its channels come first']);
  });

  it('does not fold a shared layer, a norm along another axis, or a ReLU with another bound', async () => {
    const shared = layers.dense({units: 4, name: 'shared'});
    const inputs = [tf.input({shape: [4]}), tf.input({shape: [4]})];
    const [a, b] = inputs.map((input) => apply(shared, input));
    const outputs = apply(
      layers.reLU({maxValue: 2}),
      apply(layers.dense({units: 4}), apply(layers.add(), [a, b])),
    );
    const model = filled(tf.model({inputs, outputs: apply(layers.dense({units: 2}), outputs)}));
    const fast = await sparsify(model);
    expect(fast.layers.map((layer) => layer.getClassName())).toContain('ReLU');
    expect(outputsOf(fast)).toEqual(outputsOf(model));
  });

  it('accepts the result of compact()', async () => {
    const model = await prunable(filled(network()));
    await prune(model, 0.5, {pattern: channel()});
    const small = await compact(model);
    expect(difference(small, await sparsify(small), 2)).toBeLessThan(1e-5);
  });

  it('leaves the model unchanged, and compiles the result like it', async () => {
    const model = mlp();
    model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
    const before = outputsOf(model);
    const fast = await sparsify(model);
    expect(fast.loss).toBe('meanSquaredError');
    fast.dispose();
    expect(outputsOf(model)).toEqual(before);
  });

  it('rejects everything but a LayersModel', async () => {
    await expect(sparsify({} as never)).rejects.toThrow('sparsify: expected a tf.LayersModel, got an object');
  });
});

function mlpOf64(): tf.LayersModel {
  return tf.sequential({
    layers: [layers.dense({units: 64, inputShape: [64], activation: 'relu'}), layers.dense({units: 8})],
  });
}

function imagesOfAnySize(): tf.LayersModel {
  return tf.sequential({
    layers: [
      layers.conv2d({filters: 32, kernelSize: 3, inputShape: [null, null, 8] as never, padding: 'same'}),
    ],
  });
}

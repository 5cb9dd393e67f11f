import * as tf from '@tensorflow/tfjs';
import {prunableWeights, prune} from 'tfjs-pruning';
import {prunableConv1d, prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {maskedCalls} from '../../../src/util/maskedCalls';
import {enableTraining} from '../../../src/wasm';
import {fillFreshOutputs, numbers, restartWasm} from '../backends';

let restore = () => {};

beforeAll(async () => {
  await tf.setBackend('wasm');
  fillFreshOutputs(NaN);
});
beforeEach(() => {
  restore = enableTraining();
});
afterEach(() => restore());

type Layers = () => tf.layers.Layer[];

const l2 = () => tf.regularizers.l1l2({l1: 1e-3, l2: 1e-3});

/** Networks of layers large enough to be computed by their remaining weights, by what they show. */
const networks: Record<string, Layers> = {
  'dense layers': () => [
    prunableDense({units: 70, activation: 'relu', inputShape: [60]}),
    prunableDense({units: 50, activation: 'tanh', useBias: false}),
  ],
  'a dense layer of sequences': () => [
    prunableDense({units: 60, inputShape: [7, 50]}),
    prunableDense({units: 40, activation: 'relu6'}),
  ],
  'convolutions with strides and padding': () => [
    prunableConv2d({filters: 20, kernelSize: 3, padding: 'same', activation: 'relu', inputShape: [9, 8, 3]}),
    prunableConv2d({filters: 20, kernelSize: 3, strides: 2, padding: 'same', useBias: false}),
    prunableConv2d({filters: 24, kernelSize: [2, 3], strides: [1, 2]}),
  ],
  'convolutions of one pixel': () => [
    prunableConv2d({filters: 40, kernelSize: 1, activation: 'relu', inputShape: [5, 4, 24]}),
    prunableConv2d({filters: 40, kernelSize: 1, strides: 2}),
  ],
  'convolutions of sequences': () => [
    prunableConv1d({filters: 40, kernelSize: 3, padding: 'same', activation: 'relu', inputShape: [12, 20]}),
    prunableConv1d({filters: 30, kernelSize: 4, strides: 3}),
    prunableConv1d({filters: 40, kernelSize: 1}),
  ],
  'layers with regularizers': () => [
    prunableDense({units: 70, kernelRegularizer: l2(), biasRegularizer: l2(), inputShape: [60]}),
    prunableDense({units: 50, biasConstraint: tf.constraints.nonNeg(), kernelRegularizer: l2()}),
  ],
  'a frozen layer': () => [
    prunableDense({units: 70, trainable: false, inputShape: [60]}),
    prunableDense({units: 60, trainable: false}),
    prunableDense({units: 50}),
  ],
  'a layer that is called twice': () => {
    const shared = prunableDense({units: 60, inputShape: [60], activation: 'tanh'});
    return [shared, shared];
  },
};

function compiled(layers: tf.layers.Layer[]): tf.LayersModel {
  const model = tf.sequential({layers});
  if (model.outputShape.length > 2) model.add(tf.layers.flatten());
  model.add(tf.layers.dense({units: 3}));
  tf.tidy(() => {
    for (const [i, weight] of [...new Set(model.weights)].entries()) {
      if (weight.dtype !== 'bool') weight.write(numbers(weight.shape as number[], i + 1).mul(0.2));
    }
  });
  model.compile({optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError'});
  return model;
}

const examples = (model: tf.LayersModel, batch: number) =>
  tf.tidy(() => [
    numbers([batch, ...(model.inputs[0].shape.slice(1) as number[])], 50),
    numbers([batch, 3], 51),
  ]);

/** The weights, losses and outputs after steps with three masks. */
async function train(make: Layers): Promise<number[][]> {
  const model = compiled(make());
  const [x, y] = examples(model, 45);
  const losses: number[] = [];
  for (const sparsity of [0.05, 0.15, 0.8, 0.95]) {
    await prune(model, sparsity);
    for (let step = 0; step < 2; step++) losses.push((await model.trainOnBatch(x, y)) as number);
  }
  const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()));
  const outputs = tf.tidy(() => Array.from((model.predict(x) as tf.Tensor).dataSync()));
  model.dispose();
  model.optimizer.dispose();
  tf.dispose([x, y]);
  return [...weights, losses, outputs];
}

/** Has layers multiply by weights times masks, as on other backends. */
async function densely<T>(compute: () => Promise<T>): Promise<T> {
  const {make} = maskedCalls;
  delete maskedCalls.make;
  try {
    return await compute();
  } finally {
    maskedCalls.make = make;
  }
}

/** The kernels of a training step, by how often they ran. */
async function kernelsOf(model: tf.LayersModel, batch = 64): Promise<Record<string, number>> {
  const [x, y] = examples(model, batch);
  const counts: Record<string, number> = {};
  const {kernels} = await tf.profile(async () => {
    await model.trainOnBatch(x, y);
    return tf.scalar(0);
  });
  for (const {name} of kernels) counts[name] = (counts[name] ?? 0) + 1;
  tf.dispose([x, y]);
  return counts;
}

const counts = () => [tf.memory().numTensors, tf.backend().numDataIds()];

/** Numbers of another run, up to rounding. */
function expectClose(actual: number[][], expected: number[][]): void {
  for (const [i, values] of expected.entries()) {
    const largest = Math.max(1e-3, ...values.map(Math.abs));
    const distances = values.map((value, j) => Math.abs(value - actual[i][j]));
    expect(Math.max(...distances)).toBeLessThan(1e-5 * largest);
  }
}

async function withModel(make: Layers, test: (model: tf.LayersModel) => Promise<void>): Promise<void> {
  const model = compiled(make());
  await prune(model, 0.9);
  try {
    await test(model);
  } finally {
    model.dispose();
    model.optimizer.dispose();
  }
}

const dense: Layers = networks['dense layers'];

describe.each(Object.entries(networks))('with enableTraining() a masked network of %s', (_, make) => {
  it('trains by its remaining weights as by weights times masks', async () => {
    expectClose(await train(make), await densely(() => train(make)));
    await withModel(make, async (model) => {
      expect((await kernelsOf(model)).MaskedProduct).toBeGreaterThan(0);
    });
  });

  it('leaves no tensor and no data behind', async () => {
    const start = counts();
    await train(make);
    expect(counts()).toEqual(start);
  });
});

describe('with enableTraining() a masked layer', () => {
  it('computes no gradient by the input of the network', () =>
    withModel(dense, async (model) => {
      expect(await kernelsOf(model)).toMatchObject({
        MaskedProduct: 2,
        MaskedFilterGrad: 2,
        MaskedInputGrad: 1,
      });
    }));

  it('is computed by the layer without masked weights, without enableTraining(), and for few examples outside of training', async () => {
    const model = compiled(dense());
    expect(await kernelsOf(model)).not.toHaveProperty('MaskedProduct');
    await prune(model, 0.9);
    expect(await kernelsOf(model)).toHaveProperty('MaskedProduct');
    const few = await tf.profile(() => tf.tidy(() => model.predict(tf.ones([1, 60])) as tf.Tensor));
    expect(few.kernels.map(({name}) => name)).not.toContain('MaskedProduct');
    tf.dispose(few.result as tf.Tensor);
    restore();
    expect(await kernelsOf(model)).not.toHaveProperty('MaskedProduct');
    restore = enableTraining();
    model.dispose();
    model.optimizer.dispose();
  });

  it('keeps at most 12 bytes for each remaining weight beside the model', async () => {
    const layers = [
      prunableDense({units: 300, activation: 'relu', inputShape: [784]}),
      prunableDense({units: 100, activation: 'relu'}),
    ];
    const model = compiled(layers);
    await prune(model, 0.98);
    const bytesAfterStep = async () => {
      await kernelsOf(model);
      return tf.memory().numBytes;
    };
    const before = await densely(bytesAfterStep);
    const added = (await bytesAfterStep()) - before;
    const remaining = (784 * 300 + 300 * 100) / 50;
    expect(added).toBeGreaterThan(0);
    expect(added).toBeLessThan(12 * remaining);
    model.dispose();
    model.optimizer.dispose();
  });

  it('reads values at each step, and positions again after each change of the mask', () =>
    withModel(dense, async (model) => {
      const [x, y] = examples(model, 64);
      const predict = () =>
        Promise.resolve(tf.tidy(() => [Array.from((model.predict(x) as tf.Tensor).dataSync())]));
      await predict();
      for (const {value, mask} of prunableWeights(model)) {
        tf.tidy(() => value.assign(numbers(value.shape, 77)));
        expectClose(await predict(), await densely(predict));
        tf.tidy(() => mask.assign(tf.greater(numbers(mask.shape, 78), 0.7)));
        expectClose(await predict(), await densely(predict));
      }
      tf.dispose([x, y]);
    }));

  it('goes on after the backend has started anew', async () => {
    await train(dense);
    await restartWasm();
    expectClose(await train(dense), await densely(() => train(dense)));
  });

  it('trains on another backend, and again on wasm after it', () =>
    withModel(dense, async (model) => {
      const [x, y] = examples(model, 64);
      await model.trainOnBatch(x, y);
      await tf.setBackend('cpu');
      await model.trainOnBatch(x, y);
      await tf.setBackend('wasm');
      await model.trainOnBatch(x, y);
      const loss = (await model.trainOnBatch(x, y)) as number;
      expect(Number.isFinite(loss)).toBe(true);
      tf.dispose([x, y]);
    }));

  it('has gradients of gradients', () =>
    withModel(dense, async (model) => {
      const [x, y] = examples(model, 64);
      const slope = (dy: tf.Tensor) => tf.grad((x) => model.apply(x, {training: true}) as tf.Tensor)(x, dy);
      const compute = () =>
        Promise.resolve(
          tf.tidy(() => [
            Array.from(
              tf
                .grad((dy) => tf.sum(tf.square(slope(dy))))(y)
                .dataSync(),
            ),
          ]),
        );
      expectClose(await compute(), await densely(compute));
      tf.dispose([x, y]);
    }));

  it('does not spread NaN of masked weights', () =>
    withModel(dense, async (model) => {
      const [x, y] = examples(model, 64);
      const [{value, mask}] = prunableWeights(model);
      tf.tidy(() => value.assign(tf.where(mask, value, tf.fill(value.shape, Number.NaN)) as never));
      expect(Number.isFinite((await model.trainOnBatch(x, y)) as number)).toBe(true);
      tf.dispose([x, y]);
    }));
});

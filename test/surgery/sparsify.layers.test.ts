import * as tf from '@tensorflow/tfjs';
import {prune, report, sparsify} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import type {WasmBackend} from '../../src/wasm/backend';
import {listsOn} from '../../src/wasm/sparse/lists';
import '../support/cpu';
import {numbers, restartWasm} from '../wasm/backends';

const {layers} = tf;

beforeAll(restartWasm);
afterAll(() => tf.setBackend('cpu'));

const cases: [string, () => tf.layers.Layer[], number[], RegExp[]][] = [
  [
    'a dense layer over sequences',
    () => [layers.dense({units: 96, inputShape: [12, 96]})],
    [12, 96],
    [/^sparse/],
  ],
  [
    'a convolution of sequences and its norm',
    () => [
      layers.conv1d({filters: 96, kernelSize: 5, strides: 2, padding: 'same', inputShape: [40, 96]}),
      layers.batchNormalization(),
      layers.reLU({maxValue: 6}),
    ],
    [40, 96],
    [/^sparse/],
  ],
  [
    'a separable convolution and its norm',
    () => [
      layers.separableConv2d({filters: 64, kernelSize: 5, padding: 'same', inputShape: [20, 20, 32]}),
      layers.batchNormalization(),
      layers.activation({activation: 'tanh'}),
    ],
    [20, 20, 32],
    [/^sparse/, /^sparse/],
  ],
  [
    'a separable convolution with several filters for each channel',
    () => [
      layers.separableConv2d({filters: 64, kernelSize: 3, depthMultiplier: 2, inputShape: [20, 20, 32]}),
    ],
    [20, 20, 32],
    [/^dense, as each channel has 2 filters/, /^sparse/],
  ],
  [
    'a dense layer at each step',
    () => [layers.timeDistributed({layer: layers.dense({units: 96}), inputShape: [4, 96]})],
    [4, 96],
    [/^sparse/],
  ],
  [
    'a simple recurrent layer',
    () => [layers.simpleRNN({units: 96, inputShape: [4, 96]})],
    [4, 96],
    [/^sparse/, /^sparse/],
  ],
  ['an LSTM', () => [layers.lstm({units: 96, inputShape: [4, 96]})], [4, 96], [/^sparse/, /^sparse/]],
  ['a GRU', () => [layers.gru({units: 96, inputShape: [4, 96]})], [4, 96], [/^sparse/, /^sparse/]],
  [
    'an LSTM in both directions',
    () => [
      layers.bidirectional({
        layer: layers.lstm({units: 96}) as tf.RNN,
        mergeMode: 'concat',
        inputShape: [4, 96],
      }),
    ],
    [4, 96],
    [/^sparse/, /^sparse/, /^sparse/, /^sparse/],
  ],
];

it.each(cases)('%s runs on its nonzeros, with the outputs of the model', async (_, make, shape, runs) => {
  const plain = tf.sequential({layers: make()});
  plain.setWeights(
    plain
      .getWeights()
      .map((weight, i) => tf.add(tf.mul(numbers(weight.shape, i), 0.2), weight.rank === 1 ? 1 : 0)),
  );
  const model = await prunable(plain);
  await prune(model, 0.95, {where: () => true});
  const fast = await sparsify(model);
  for (const batch of [1, 20]) {
    const x = numbers([batch, ...shape], 9);
    const [found, expected] = [fast, model].map((made) => made.predict(x) as tf.Tensor);
    expect(found.shape).toEqual(expected.shape);
    const largest = tf.max(tf.abs(expected)).dataSync()[0];
    expect(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]).toBeLessThan(1e-5 * largest);
  }
  expect(report(fast).weights.map((row) => row.runs)).toEqual(
    runs.map((text) => expect.stringMatching(text)),
  );
  const wasm = tf.backend() as unknown as WasmBackend;
  expect(listsOn(wasm)).toBeGreaterThan(0);
  for (const made of [plain, model, fast]) made.dispose();
  expect(listsOn(wasm)).toBe(0);
});

it('two models with a common weight each run on its nonzeros, and one outlives the other', async () => {
  const shared = layers.dense({units: 96, inputShape: [96], name: 'shared'});
  const model = tf.sequential({layers: [shared, layers.dense({units: 4})]});
  shared.setWeights([tf.mul(numbers([96, 96], 1), tf.greater(numbers([96, 96], 2), 0.9)), numbers([96], 3)]);
  const fast = await sparsify(model);
  const input = tf.input({shape: [96]});
  const other = tf.model({inputs: input, outputs: fast.layers[0].apply(input) as tf.SymbolicTensor});
  const x = numbers([20, 96], 4);
  const expected = shared.apply(x) as tf.Tensor;
  fast.predict(x);
  fast.dispose();
  const found = other.predict(x) as tf.Tensor;
  expect(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]).toBeLessThan(1e-5);
});

it('a weight that is NaN spreads as in the model', async () => {
  const model = tf.sequential({layers: [layers.dense({units: 96, inputShape: [96]})]});
  const values = new Float32Array(96 * 96);
  values[5 * 96 + 7] = Number.NaN;
  model.setWeights([tf.tensor(values, [96, 96]), tf.zeros([96])]);
  const fast = await sparsify(model);
  const found = tf.isNaN(fast.predict(numbers([20, 96], 4)) as tf.Tensor);
  expect(report(fast).weights[0].runs).toMatch(/^sparse/);
  expect([...found.dataSync()]).toEqual([
    ...tf.isNaN(model.predict(numbers([20, 96], 4)) as tf.Tensor).dataSync(),
  ]);
});

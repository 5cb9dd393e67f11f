import * as tf from '@tensorflow/tfjs';
import {report, sparsify} from 'tfjs-pruning';
import '../support/cpu';
import {expectNoLeakedTensors} from '../support/memory';
import {numbers, restartWasm} from '../wasm/backends';

const {layers} = tf;

beforeAll(restartWasm);
afterAll(() => tf.setBackend('cpu'));

const initializers = {
  kernelInitializer: 'glorotUniform',
  recurrentInitializer: 'glorotUniform',
  biasInitializer: 'randomNormal',
} as const;

const kinds = {
  simpleRNN: layers.simpleRNN as (args: object) => tf.RNN,
  lstm: layers.lstm as (args: object) => tf.RNN,
  gru: layers.gru as (args: object) => tf.RNN,
};

const inputShape = [5, 6];

/** A model of one layer, whose weights are random. */
function modelOf(make: (args: object) => tf.RNN, args: object = {}): tf.LayersModel {
  const input = tf.input({shape: inputShape});
  const outputs = make({units: 10, ...initializers, ...args}).apply(input) as tf.SymbolicTensor;
  return tf.model({inputs: input, outputs});
}

/** How many kernels of tfjs an op runs. */
async function kernelsOf(op: () => unknown): Promise<number> {
  const {kernels} = await tf.profile(() => tf.tidy(() => void op()) as never);
  return kernels.length;
}

async function expectSame(a: tf.LayersModel, b: tf.LayersModel, x: tf.Tensor | tf.Tensor[]): Promise<void> {
  const [one, other] = [a, b].map((model) => [model.predict(x)].flat() as tf.Tensor[]);
  expect(other.map(({shape}) => shape)).toEqual(one.map(({shape}) => shape));
  for (const [i, expected] of one.entries()) {
    expect(tf.max(tf.abs(tf.sub(expected, other[i]))).dataSync()[0]).toBeLessThan(2e-6);
  }
}

describe.each(Object.entries(kinds))('%s of a sparsified model', (_, make) => {
  it.each<[string, object]>([
    ['the last outputs', {}],
    ['the outputs of all steps', {returnSequences: true}],
    ['the outputs backwards', {returnSequences: true, goBackwards: true}],
    ['the states, too', {returnState: true}],
    ['a number of units that fits no vector', {units: 7}],
    ['steps without a bias', {useBias: false}],
    ['relu and sigmoid', {activation: 'relu', recurrentActivation: 'sigmoid'}],
    ['no activation', {activation: 'linear', recurrentActivation: 'tanh'}],
    ['hard sigmoids', {activation: 'hardSigmoid'}],
  ])('computes %s in one kernel for all steps', async (_, args) => {
    const model = modelOf(make, args);
    const fast = await sparsify(model);
    for (const batch of [1, 3]) await expectSame(model, fast, numbers([batch, ...inputShape], batch));
    const x = numbers([1, ...inputShape], 4);
    expect(await kernelsOf(() => fast.predict(x))).toBeLessThan(20);
    expect(await kernelsOf(() => model.predict(x))).toBeGreaterThan(30);
  });

  it.each<[string, object]>([
    ['an activation that it does not know', {activation: 'softsign'}],
    ['states that it keeps', {stateful: true, batchInputShape: [2, ...inputShape]}],
  ])('leaves %s to tfjs', async (_, args) => {
    const made = () => tf.sequential({layers: [make({units: 10, inputShape, ...initializers, ...args})]});
    const model = made();
    const fast = await sparsify(model);
    for (let call = 0; call < 2; call++) await expectSame(model, fast, numbers([2, ...inputShape], 5));
  });

  it('leaves masked steps, given states and training to tfjs', async () => {
    const masked = tf.sequential({
      layers: [layers.masking({maskValue: 0, inputShape}), make({units: 10, ...initializers})],
    });
    const x = tf.tidy(() =>
      tf.mul(numbers([2, ...inputShape], 6), tf.tensor([1, 1, 0, 1, 0]).reshape([1, 5, 1])),
    );
    await expectSame(masked, await sparsify(masked), x);

    const input = tf.input({shape: inputShape});
    const states =
      make === kinds.lstm ? [tf.input({shape: [10]}), tf.input({shape: [10]})] : [tf.input({shape: [10]})];
    const layer = make({units: 10, ...initializers});
    const outputs = layer.apply(input, {initialState: states}) as tf.SymbolicTensor;
    const given = tf.model({inputs: [input, ...states], outputs});
    const values = [numbers([2, ...inputShape], 7), ...states.map((_, i) => numbers([2, 10], 8 + i))];
    await expectSame(given, await sparsify(given), values);

    const model = modelOf(make);
    const fast = await sparsify(model);
    const gradient = (one: tf.LayersModel) =>
      tf.grad((value) => tf.sum(one.predict(value) as tf.Tensor))(numbers([2, ...inputShape], 9));
    expect(tf.max(tf.abs(tf.sub(gradient(model), gradient(fast)))).dataSync()[0]).toBeLessThan(1e-6);
    expect(
      await kernelsOf(() => fast.apply(numbers([2, ...inputShape], 9), {training: true})),
    ).toBeGreaterThan(30);
  });

  it('runs in both directions, at each step of a model, and on the cpu', async () => {
    const both = tf.sequential({
      layers: [
        layers.bidirectional({layer: make({units: 10, ...initializers}), mergeMode: 'concat', inputShape}),
      ],
    });
    const nested = tf.sequential({
      layers: [
        layers.timeDistributed({layer: layers.dense({units: 6}), inputShape}),
        layers.rnn({cell: make({units: 10, ...initializers}).cell, returnSequences: true}),
        make({units: 4, ...initializers}),
      ],
    });
    for (const model of [both, nested]) {
      const fast = await sparsify(model);
      const x = numbers([2, ...inputShape], 10);
      await expectSame(model, fast, x);
      await tf.setBackend('cpu');
      await expectSame(model, fast, numbers([2, ...inputShape], 10));
      await tf.setBackend('wasm');
    }
  });

  it('spreads NaN as on the cpu, and leaks nothing', async () => {
    const model = modelOf(make);
    const [kernel, ...rest] = model.getWeights();
    const values = kernel.dataSync().slice();
    values[3] = Number.NaN;
    model.setWeights([tf.tensor(values, kernel.shape), ...rest]);
    const fast = await sparsify(model);
    const x = numbers([2, ...inputShape], 11);
    const nans = (one: tf.LayersModel) => [...tf.isNaN(one.predict(x) as tf.Tensor).dataSync()];
    const found = nans(fast);
    // Clipping on WASM makes a number of NaN.
    await tf.setBackend('cpu');
    expect(found).toEqual(nans(model));
    await tf.setBackend('wasm');
    expect(found).toContain(1);
    tf.env().set('IS_TEST', true);
    await expectNoLeakedTensors(() => tf.dispose(fast.predict(x)));
    tf.env().set('IS_TEST', false);
  });
});

it('gates far from 0 are exact to single precision', async () => {
  const model = modelOf(kinds.lstm, {recurrentActivation: 'sigmoid'});
  model.setWeights(model.getWeights().map((weight, i) => tf.mul(numbers(weight.shape, i), 40)));
  await expectSame(model, await sparsify(model), tf.mul(numbers([4, ...inputShape], 3), 5));
});

it('report says how both matrices of a cell run before they do', async () => {
  const fast = await sparsify(modelOf(kinds.gru));
  for (const {runs} of report(fast).weights)
    expect(runs).toMatch(/^(sparse, in|dense, as sparse would take) \d+ %/);
});

import * as tf from '@tensorflow/tfjs';
import {enableTraining} from '../../../src/wasm';
import {fillFreshOutputs, numbers} from '../backends';

let restore = () => {};

beforeAll(async () => {
  await tf.setBackend('wasm');
  fillFreshOutputs(NaN);
});
beforeEach(() => {
  restore = enableTraining();
});
afterEach(() => restore());

const counts = () => [tf.memory().numTensors, tf.backend().numDataIds()];

type Case = {
  activation: string;
  shape: number[];
  x?: (x: tf.Tensor) => tf.Tensor;
  y?: (y: tf.Tensor) => tf.Tensor;
};

const classes = 5;

/** Models by what they show. */
const cases: Record<string, Case> = {
  'a softmax': {activation: 'softmax', shape: [7]},
  'a softmax of sequences': {activation: 'softmax', shape: [3, 7]},
  'outputs that do not sum to 1': {activation: 'sigmoid', shape: [7]},
  'probabilities that are clipped': {activation: 'softmax', shape: [7], x: (x) => tf.mul(x, 100)},
  'soft targets': {activation: 'softmax', shape: [7], y: (y) => tf.add(tf.mul(y, 0.9), 0.02)},
};

/** The loss and the gradients by the weights in a step, and how often each kernel ran. */
async function step({activation, shape, x: change = tf.clone, y: soften = tf.clone}: Case, options = {}) {
  const model = tf.sequential({
    layers: [tf.layers.dense({units: classes, activation: activation as 'softmax', inputShape: shape})],
  });
  tf.tidy(() => model.setWeights([numbers([7, classes], 1), numbers([classes], 2)]));
  model.compile({optimizer: 'sgd', loss: 'categoricalCrossentropy'});
  const outputs = [6, ...shape.slice(0, -1), classes];
  const [x, y] = tf.tidy(() => [
    change(numbers([6, ...shape], 3)),
    soften(tf.cast(tf.oneHot(tf.argMax(numbers(outputs, 4), -1), classes), 'float32')),
  ]);
  const gradients: number[][] = [];
  model.optimizer.applyGradients = (given) => {
    for (const {tensor} of given as {tensor: tf.Tensor}[]) gradients.push(Array.from(tensor.dataSync()));
  };
  const kernels: string[] = [];
  let loss = Number.NaN;
  const profile = await tf.profile(async () => {
    const history = await model.fit(x, y, {epochs: 1, batchSize: 6, verbose: 0, shuffle: false, ...options});
    [loss] = history.history.loss as number[];
    return tf.scalar(0);
  });
  kernels.push(...profile.kernels.map(({name}) => name));
  model.optimizer.dispose();
  model.dispose();
  tf.dispose([x, y, profile.result as tf.Tensor]);
  return {loss, gradients, kernels};
}

describe.each(Object.entries(cases))(
  'with enableTraining() a step with the categorical crossentropy of %s',
  (_, one) => {
    it('has the loss and the gradients of tfjs', async () => {
      const before = counts();
      const fused = await step(one);
      expect(counts()).toEqual(before);
      restore();
      const stock = await step(one);
      restore = enableTraining();
      expect(fused.kernels).toContain('CategoricalCrossentropyGrad');
      expect(stock.kernels).not.toContain('CategoricalCrossentropy');
      for (const [i, values] of [[stock.loss], ...stock.gradients].entries()) {
        const actual = [[fused.loss], ...fused.gradients][i];
        const largest = Math.max(...values.map(Math.abs));
        expect(Math.max(...values.map((value, j) => Math.abs(value - actual[j])))).toBeLessThanOrEqual(
          1e-6 * largest,
        );
      }
    });
  },
);

describe('with enableTraining()', () => {
  it('the gradient of a softmax is the one of tfjs, and has one itself', () => {
    const [x, dy] = [numbers([4, 3, 9], 5), numbers([4, 3, 9], 6)];
    const slope = (dy: tf.Tensor) => tf.grad((x) => tf.softmax(tf.mul(x, 3)))(x, dy);
    const compute = () =>
      [slope(dy), tf.grad((dy) => tf.square(slope(dy)))(dy)].map((tensor) => tensor.dataSync());
    const fused = tf.tidy(() => compute().map((values) => Array.from(values)));
    restore();
    const stock = tf.tidy(() => compute().map((values) => Array.from(values)));
    restore = enableTraining();
    for (const [i, values] of stock.entries()) {
      expect(Math.max(...values.map((value, j) => Math.abs(value - fused[i][j])))).toBeLessThanOrEqual(1e-6);
    }
    tf.dispose([x, dy]);
  });

  it('a NaN in the output makes the loss NaN, as on the CPU backend', async () => {
    const {loss} = await step({...cases['a softmax'], x: (x) => tf.mul(x, Number.NaN)});
    expect(loss).toBeNaN();
  });

  it('losses of other names and functions are those of tfjs', async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({units: classes, activation: 'softmax', inputShape: [7]})],
    });
    const [x, y] = [numbers([6, 7], 3), tf.ones([6, classes])];
    for (const loss of ['kullbackLeiblerDivergence', (_: tf.Tensor, y: tf.Tensor) => tf.mean(y, -1)]) {
      model.compile({optimizer: 'sgd', loss});
      const {kernels} = await tf.profile(async () => {
        await model.trainOnBatch(x, y);
        return tf.scalar(0);
      });
      expect(kernels.map(({name}) => name)).not.toContain('CategoricalCrossentropy');
    }
    model.dispose();
    tf.dispose([x, y]);
  });

  it('a model numbers its layers as without it', async () => {
    const [before] = [tf.layers.activation({activation: 'relu'}).name];
    await step(cases['a softmax']);
    const number = (name: string) => Number(name.split('_')[1] ?? 0);
    expect(number(tf.layers.activation({activation: 'relu'}).name)).toBe(number(before) + 1);
  });
});

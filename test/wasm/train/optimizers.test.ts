import * as tf from '@tensorflow/tfjs';
import {enableTraining} from '../../../src/wasm';
import {fillFreshOutputs, numbers} from '../backends';

let restore = () => {};

beforeAll(async () => {
  // tfjs then checks after each kernel that it left no data behind.
  tf.env().set('IS_TEST', true);
  await tf.setBackend('wasm');
  fillFreshOutputs(NaN);
});
afterEach(() => restore());

const optimizers = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  'Nesterov momentum': () => tf.train.momentum(0.1, 0.9, true),
  adagrad: () => tf.train.adagrad(0.1),
  rmsprop: () => tf.train.rmsprop(0.01),
  'rmsprop with momentum': () => tf.train.rmsprop(0.01, 0.9, 0.8),
  'centered rmsprop': () => tf.train.rmsprop(0.01, 0.9, 0, 1e-3, true),
  adam: () => tf.train.adam(0.01),
};
const rows = Object.entries(optimizers);

/** Sizes that are multiples of 4, and others. */
const shapes = [[7, 5], [16], [1], [], [3, 4, 2]];

const bitsOf = (tensors: tf.Tensor[]) =>
  tensors.map((tensor) => Array.from(new Uint32Array(new Float32Array(tensor.dataSync()).buffer)));

/** tfjs declares one type for some optimizers, and another for others. */
type Gradients = never;
type Form = (named: {name: string; tensor: tf.Tensor}[]) => Gradients;

const asList: Form = (named) => named as Gradients;
const asMap: Form = (named) => Object.fromEntries(named.map(({name, tensor}) => [name, tensor])) as Gradients;

/** The bits of weights and slots after some steps, with every name of a slot. */
async function train(make: () => tf.Optimizer, {steps = 5, form = asList, scale = 1} = {}) {
  const optimizer = make();
  const weights = shapes.map((shape, i) => tf.tidy(() => tf.variable(numbers(shape, i + 1))));
  for (let step = 0; step < steps; step++) {
    tf.tidy(() => {
      const named = weights.map(({name, shape}, i) => {
        // A third of the gradients is 0, as those of masked weights.
        const random = numbers(shape, 10 * step + i);
        return {name, tensor: random.mul(random.greater(-0.3).cast('float32')).mul(scale)};
      });
      optimizer.applyGradients(form(named));
    });
  }
  const [iterations, ...slots] = await optimizer.getWeights();
  const result = {
    weights: bitsOf(weights),
    slots: bitsOf(slots.map(({tensor}) => tensor)),
    names: slots.map(({name}, i) => name.replace(weights[i % shapes.length].name, 'weight')),
    iterations: Array.from(iterations.tensor.dataSync()),
  };
  tf.dispose([weights, iterations.tensor]);
  optimizer.dispose();
  return result;
}

describe.each(rows)('with enableTraining() a step of %s', (_, make) => {
  it.each([
    ['a list', asList],
    ['a map', asMap],
  ])('has all bits of a step of tfjs, with gradients in %s', async (_, form) => {
    const expected = await train(make, {form});
    restore = enableTraining();
    expect(await train(make, {form})).toEqual(expected);
  });

  it('leaves no tensor and no data behind', async () => {
    restore = enableTraining();
    const optimizer = make();
    const weight = tf.variable(tf.ones([5]));
    const step = () =>
      tf.tidy(() => optimizer.applyGradients(asMap([{name: weight.name, tensor: numbers([5], 2)}])));
    step();
    const counts = [tf.memory().numTensors, tf.backend().numDataIds()];
    step();
    expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual(counts);
    optimizer.dispose();
    weight.dispose();
  });

  it('leaves a weight without a gradient and its clones unchanged', () => {
    restore = enableTraining();
    const optimizer = make();
    const [one, other] = [1, 2].map((seed) => tf.tidy(() => tf.variable(numbers([6], seed))));
    const clones = [one, other].map((variable) => variable.clone());
    const before = bitsOf(clones);
    for (let step = 0; step < 3; step++) {
      tf.tidy(() =>
        optimizer.applyGradients([
          {name: one.name, tensor: tf.ones([6])},
          {name: other.name, tensor: undefined},
        ] as never),
      );
    }
    expect(bitsOf([other])).toEqual([before[1]]);
    expect(bitsOf(clones)).toEqual(before);
    expect(bitsOf([one])).not.toEqual([before[0]]);
    optimizer.dispose();
    tf.dispose([one, other, clones]);
  });
});

describe('with enableTraining()', () => {
  it.each(['adam', 'momentum', 'rmsprop with momentum'] as const)(
    'the slots of %s become 0 below 1e-36, and not denormal',
    async (name) => {
      restore = enableTraining();
      const {slots} = await train(optimizers[name], {scale: 1e-37, steps: 3});
      const values = slots.flatMap((bits) => Array.from(new Float32Array(Uint32Array.from(bits).buffer)));
      expect(values.filter((value) => value !== 0 && Math.abs(value) < 1e-36)).toEqual([]);
    },
  );

  it('NaN gradients make the weights NaN, as with tfjs', async () => {
    const expected = await train(optimizers.adam, {scale: Number.NaN});
    restore = enableTraining();
    const values = (bits: number[][]) => Array.from(new Float32Array(Uint32Array.from(bits.flat()).buffer));
    expect(values((await train(optimizers.adam, {scale: Number.NaN})).weights)).toEqual(
      values(expected.weights),
    );
  });

  it('optimizers on the CPU backend are those of tfjs', async () => {
    await tf.setBackend('cpu');
    const expected = await train(optimizers.adam);
    restore = enableTraining();
    expect(await train(optimizers.adam)).toEqual(expected);
    await tf.setBackend('wasm');
  });

  it('one step runs one kernel per weight', async () => {
    restore = enableTraining();
    const optimizer = tf.train.adam(0.01);
    const weight = tf.variable(tf.ones([5]));
    const step = () =>
      tf.tidy(() => optimizer.applyGradients(asMap([{name: weight.name, tensor: tf.ones([5])}])));
    step();
    const {kernelNames} = await tf.profile(step);
    expect(kernelNames.sort()).toEqual(['AdamStep', 'Multiply']);
    optimizer.dispose();
    weight.dispose();
  });
});

it('the function that undoes enableTraining() restores the steps of tfjs, also below a later wrapper', () => {
  const {prototype} = tf.AdamOptimizer;
  const before = prototype.applyGradients;
  restore = enableTraining();
  expect(prototype.applyGradients).not.toBe(before);
  restore();
  expect(prototype.applyGradients).toBe(before);

  restore = enableTraining();
  const fused = prototype.applyGradients;
  let calls = 0;
  prototype.applyGradients = function (...args) {
    calls++;
    return fused.apply(this, args);
  };
  restore();
  const optimizer = tf.train.adam(0.01);
  const weight = tf.variable(tf.ones([5]));
  tf.tidy(() => optimizer.applyGradients(asMap([{name: weight.name, tensor: tf.ones([5])}])));
  expect(calls).toBe(1);
  prototype.applyGradients = before;
  optimizer.dispose();
  weight.dispose();
});

import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {enableTraining} from '../../../src/wasm';
import {between, runs, seed} from '../arbitraries';
import {fillFreshOutputs, numbers} from '../backends';

const undone: tf.GradConfig[] = [];
let restore = () => {};

beforeAll(async () => {
  undone.push(...['Relu', 'Relu6', 'ClipByValue', 'Minimum'].map((name) => tf.getGradient(name)));
  // tfjs then checks after each kernel that it left no data behind.
  tf.env().set('IS_TEST', true);
  await tf.setBackend('wasm');
  fillFreshOutputs(NaN);
});
beforeEach(() => {
  restore = enableTraining();
});
afterEach(() => restore());

const clamps: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  relu: tf.relu,
  relu6: tf.relu6,
  clipByValue: (x) => tf.clipByValue(x, -1.5, 3),
  'the minimum of 6 and a tensor': (x) => tf.minimum(6, x),
  'the minimum of a tensor and 6': (x) => tf.minimum(x, 6),
  'the minimum of -1 and a tensor': (x) => tf.minimum(-1, x),
  'the minimum of two tensors': (x) =>
    tf.minimum(
      x,
      tf.tidy(() => tf.mul(x, 2)),
    ),
};

/** Numbers from -9 to 9, among them many whole ones, at which the clamps change. */
const around = (shape: number[], seed: number) => tf.round(tf.mul(numbers(shape, seed), 18)).div(2);

const gradient = (clamp: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, dy: tf.Tensor) => [
  clamp(x),
  tf.grad(clamp)(x, dy),
];

function valuesOf(compute: () => tf.Tensor[]) {
  const before = [tf.memory().numTensors, tf.backend().numDataIds()];
  const values = tf.tidy(() =>
    compute().map((tensor) => Array.from(tensor.dataSync(), (value) => value + 0)),
  );
  expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual(before);
  return values;
}

describe.each(Object.entries(clamps))('with enableTraining() the gradient of %s', (_, clamp) => {
  it('is the one of tfjs, also at the ends of the range', () =>
    fc.assert(
      fc.property(fc.array(between(1, 7), {maxLength: 3}), seed, (shape, seed) => {
        const compute = () => gradient(clamp, around(shape, seed), numbers(shape, seed + 1));
        const actual = valuesOf(compute);
        restore();
        const expected = valuesOf(compute);
        restore = enableTraining();
        expect(actual).toEqual(expected);
      }),
      runs,
    ));

  it('has a gradient itself', () => {
    const compute = () => {
      const x = around([9], 3);
      const cubed = (dy: tf.Tensor) => tf.pow(tf.grad(clamp)(x, dy), 3);
      return [tf.grad(cubed)(numbers([9], 4))];
    };
    const actual = valuesOf(compute);
    restore();
    expect(actual).toEqual(valuesOf(compute));
    restore = enableTraining();
  });

  it('on the CPU backend is the one of tfjs', async () => {
    await tf.setBackend('cpu');
    const compute = () => gradient(clamp, around([9], 3), numbers([9], 4));
    const actual = valuesOf(compute);
    restore();
    expect(actual).toEqual(valuesOf(compute));
    restore = enableTraining();
    await tf.setBackend('wasm');
  });
});

describe('with enableTraining()', () => {
  it.each(['relu', 'relu6', 'clipByValue', 'the minimum of 6 and a tensor'])(
    'the gradient of %s is one kernel',
    async (name) => {
      const [x, dy] = [around([9], 3), numbers([9], 4)];
      const {kernelNames} = await tf.profile(() => tf.grad(clamps[name])(x, dy));
      expect(
        kernelNames.filter(
          (kernel) => !['Identity', 'Relu', 'Relu6', 'ClipByValue', 'Minimum'].includes(kernel),
        ),
      ).toEqual(['ClampGrad']);
    },
  );
});

it('the function that undoes enableTraining() restores the gradients of tfjs', () => {
  restore();
  expect(undone.map(({kernelName}) => tf.getGradient(kernelName))).toEqual(undone);
  expect(tf.getGradient('MaskedProduct')).toBeUndefined();
});

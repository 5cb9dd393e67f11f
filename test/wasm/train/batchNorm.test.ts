import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {enableTraining} from '../../../src/wasm';
import {between, runs, seed} from '../arbitraries';
import {expectSameOnBoth, fillFreshOutputs, numbers} from '../backends';

beforeAll(async () => {
  // tfjs then checks after each kernel that it left no data behind.
  tf.env().set('IS_TEST', true);
  enableTraining();
  await tf.setBackend('wasm');
  fillFreshOutputs(NaN);
});

/** Up to more rows than are summed at once. */
const shapes = fc.tuple(between(1, 3), between(1, 150), between(1, 9));

const flat = (tensors: tf.Tensor[]) => tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1])));

const normalize = (...[x, mean, variance, offset, scale]: tf.Tensor[]) =>
  tf.batchNorm(
    x as tf.Tensor3D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    offset as tf.Tensor1D,
    scale as tf.Tensor1D,
    0.01,
  ) as tf.Tensor;

/** Two examples, and the parameters. */
const some = () => [numbers([2, 4, 3], 3), ...[1, 2, 3, 4].map((seed) => tf.abs(numbers([3], seed)))];

describe('with enableTraining() a batch norm along the last axis', () => {
  it('and its gradients are those of the CPU backend', () =>
    fc.assert(
      fc.asyncProperty(shapes, seed, (shape, seed) =>
        expectSameOnBoth(() => {
          const perColumn = (more: number) => numbers([shape[2]], seed + more) as tf.Tensor1D;
          const inputs = [
            numbers(shape, seed),
            perColumn(1),
            tf.abs(perColumn(2)),
            perColumn(3),
            perColumn(4),
          ];
          return flat([normalize(...inputs), ...tf.grads(normalize)(inputs, numbers(shape, seed + 5))]);
        }),
      ),
      runs,
    ));

  it('has gradients of gradients', () =>
    expectSameOnBoth(() => {
      const [x, ...parameters] = some();
      const slope = (dy: tf.Tensor) => tf.grad((x) => normalize(x, ...parameters))(x, dy);
      return tf.grad((dy) => tf.sum(tf.square(slope(dy))))(numbers([2, 4, 3], 5));
    }));

  it('computes its gradients by two kernels', async () => {
    const [x, ...parameters] = some();
    const {kernelNames} = await tf.profile(() => tf.grad((x) => normalize(x, ...parameters))(x, x));
    expect(kernelNames).toEqual(expect.arrayContaining(['BatchNormGrads', 'ScaleColumns']));
    expect(kernelNames).not.toContain('Multiply');
  });
});

describe.each([
  ['sum', tf.sum],
  ['mean', tf.mean],
])('with enableTraining() the gradient of a %s', (_, reduce) => {
  it('is the one of the CPU backend, over any axes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(between(1, 5), {minLength: 1, maxLength: 4}),
        fc.array(fc.boolean(), {minLength: 4, maxLength: 4}),
        fc.boolean(),
        seed,
        (shape, axes, keepDims, seed) =>
          expectSameOnBoth(() => {
            const over = shape.map((_, i) => i).filter((i) => axes[i]);
            const of = (x: tf.Tensor) => reduce(x, over, keepDims);
            const x = numbers(shape, seed);
            return tf.grad(of)(x, numbers(of(x).shape, seed + 1));
          }, 1e-6),
      ),
      runs,
    ));

  it('has a gradient itself', () =>
    expectSameOnBoth(() => {
      const slope = (dy: tf.Tensor) => tf.grad((x) => reduce(x, [0]))(numbers([4, 3], 1), dy);
      return tf.grad((dy) => tf.sum(tf.square(slope(dy))))(numbers([3], 2));
    }));
});

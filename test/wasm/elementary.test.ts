import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {enableTraining} from '../../src/wasm';
import {between, runs, seed} from './arbitraries';
import {expectSameOnBoth, fillFreshOutputs, numbers} from './backends';

beforeAll(async () => {
  // Makes tfjs check each kernel for leaked data.
  tf.env().set('IS_TEST', true);
  enableTraining();
  await tf.setBackend('wasm');
  fillFreshOutputs(NaN);
});

const dtype = fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const);

/** Numbers of a type. */
function numbersOf(dtype: 'float32' | 'int32' | 'bool', shape: number[], seed: number): tf.Tensor {
  const x = numbers(shape, seed).add(0.5);
  return dtype === 'float32' ? x : dtype === 'bool' ? x.greater(0) : x.mul(5).round().cast(dtype);
}

describe.each([
  ['a sum', tf.sum],
  ['a mean', tf.mean],
])('%s', (_, reduce) => {
  const reduction = fc
    .record({
      // Also more rows than one block.
      shape: fc
        .array(fc.oneof(between(1, 5), between(24, 130)), {minLength: 1, maxLength: 3})
        .filter((shape) => tf.util.sizeFromShape(shape) < 20000),
      axes: fc.array(fc.boolean(), {minLength: 3, maxLength: 3}),
      keepDims: fc.boolean(),
      dtype,
      seed,
    })
    .map(({shape, axes, ...rest}) => ({...rest, shape, axes: shape.map((_, i) => i).filter((i) => axes[i])}));

  it('over any axes of any type equals that of the CPU backend', () =>
    fc.assert(
      fc.asyncProperty(reduction, ({shape, axes, keepDims, dtype, seed}) =>
        expectSameOnBoth(() => reduce(numbersOf(dtype, shape, seed), axes, keepDims), 1e-5),
      ),
      {...runs, numRuns: 150},
    ));

  it('accepts negative axes in any order', () =>
    expectSameOnBoth(() => reduce(numbers([2, 120, 3, 4], 1), [-2, 1]), 1e-5));

  it('of no rows equals that of the CPU backend', () =>
    expectSameOnBoth(() => tf.cast(tf.isNaN(reduce(tf.zeros([0, 3]), 0)), 'int32').mul(0), 0));
});

describe('tile', () => {
  const size = between(1, 4);

  it('repeats along any axes as on the CPU backend, also 0 times', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(size, fc.nat(3)), {minLength: 1, maxLength: 4}),
        dtype,
        seed,
        (axes, dtype, seed) =>
          expectSameOnBoth(() => {
            const shape = axes.map(([size]) => size);
            const reps = axes.map(([, reps]) => reps);
            return numbersOf(dtype, shape, seed).tile(reps);
          }, 0),
      ),
      runs,
    ));
});

describe('a clone', () => {
  it('outlives its original, and the other way round', async () => {
    await tf.setBackend('wasm');
    const before = [tf.memory().numTensors, tf.backend().numDataIds()];
    const x = tf.tensor1d([1, 2, 3]);
    const clone = x.clone();
    x.dispose();
    const again = clone.clone();
    again.dispose();
    expect(Array.from(clone.dataSync())).toEqual([1, 2, 3]);
    clone.dispose();
    expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual(before);
  });
});

describe('where and logicalAnd', () => {
  const shapes = fc.constantFrom<[condition: number[], values: number[]][]>(
    [
      [3, 4],
      [3, 4],
    ],
    [
      [1, 4],
      [3, 1],
    ],
    [[], [5]],
    [[0], [0]],
  );

  it('equal those of the CPU backend for any type, also with broadcast shapes', () =>
    fc.assert(
      fc.asyncProperty(shapes, dtype, seed, async ([condition, values], dtype, seed) => {
        const when = () => numbersOf('bool', condition, seed);
        const of = (type: typeof dtype, more: number) => numbersOf(type, values, seed + more);
        await expectSameOnBoth(() => tf.where(when(), of(dtype, 1), of(dtype, 2)), 0);
        await expectSameOnBoth(() => tf.logicalAnd(when(), of('bool', 3)), 0);
      }),
      runs,
    ));

  it('compute the gradient of a clipped activation', () =>
    expectSameOnBoth(() =>
      tf.grad((x) => tf.sum(tf.square(tf.clipByValue(x, -0.3, 0.4))))(numbers([50], 1)),
    ));
});

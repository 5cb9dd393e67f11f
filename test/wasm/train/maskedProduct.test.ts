import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {enableTraining} from '../../../src/wasm';
import {positionsOf} from '../../../src/wasm/train/positions';
import {between, runs, seed} from '../arbitraries';
import {expectSameOnBoth, fillFreshOutputs, numbers} from '../backends';

beforeAll(async () => {
  // tfjs then checks after each kernel that it left no data behind.
  tf.env().set('IS_TEST', true);
  enableTraining();
  await tf.setBackend('wasm');
  fillFreshOutputs(NaN);
});

interface Case {
  images: [number, number, number, number];
  filter: [number, number, number, number];
  strides: [number, number];
  pad: 'same' | 'valid';
  plan: {forward: boolean; input: boolean; filter: boolean};
  share: number;
  bias: boolean;
  seed: number;
}

const pair = (size: fc.Arbitrary<number>) => fc.tuple(size, size);

const plan = fc.record({forward: fc.boolean(), input: fc.boolean(), filter: fc.boolean()});

const rest = {plan, share: fc.constantFrom(0, 0.1, 0.5, 1), bias: fc.boolean(), seed};

/** Images at least as large as the window where there is no padding. */
const convolutions: fc.Arbitrary<Case> = fc
  .record({
    batch: fc.constantFrom(1, 3, 32, 37),
    size: pair(between(1, 6)),
    channels: between(1, 5),
    outputs: between(1, 6),
    window: pair(between(1, 4)),
    strides: pair(between(1, 3)),
    pad: fc.constantFrom('same' as const, 'valid' as const),
    ...rest,
  })
  .filter(({pad, size, window}) => pad === 'same' || size.every((length, i) => length >= window[i]))
  .map(({batch, size, channels, outputs, window, ...others}) => ({
    ...others,
    images: [batch, ...size, channels],
    filter: [...window, channels, outputs],
  }));

const matrices: fc.Arbitrary<Case> = fc
  .record({batch: between(1, 70), channels: between(1, 40), outputs: between(1, 40), ...rest})
  .map(({batch, channels, outputs, ...others}) => ({
    ...others,
    images: [batch, 1, 1, channels],
    filter: [1, 1, channels, outputs],
    strides: [1, 1],
    pad: 'valid',
  }));

/** Bits of which about a share is 1. */
const bitsOf = ({filter, share, seed}: Case) =>
  Uint8Array.from(
    tf.tidy(() => numbers(filter, seed + 7).dataSync()),
    (value) => Number((value as number) < 2 * share - 1),
  );

/** The product and its gradients, in one tensor. */
function productAndGradients(given: Case): tf.Tensor {
  const {images, filter, strides, pad, bias, seed} = given;
  const bits = bitsOf(given);
  const mask = tf.tensor(Float32Array.from(bits), filter);
  const x = numbers(images, seed);
  const weights = numbers(filter, seed + 1);
  const added = numbers([filter[3]], seed + 2);
  const convolve = tf.getBackend() === 'wasm' ? masked(given, bits) : stock;
  function stock(x: tf.Tensor, weights: tf.Tensor, added: tf.Tensor): tf.Tensor {
    const y = tf.conv2d(x as tf.Tensor4D, tf.mul(weights, mask) as tf.Tensor4D, strides, pad);
    return bias ? tf.add(y, added) : tf.add(y, tf.mul(added, 0));
  }
  const y = convolve(x, weights, added);
  const gradients = tf.grads(convolve)([x, weights, added], numbers(y.shape, seed + 3));
  return tf.concat([y, ...gradients].map((tensor) => tf.reshape(tensor, [-1])));
}

/** The same by the kernels of src/wasm, whose masked weights are NaN, as nothing may read them. */
function masked({images, filter, strides, pad, plan, bias}: Case, bits: Uint8Array) {
  const count = bits.reduce((sum, bit) => sum + bit, 0);
  const words = positionsOf(bits, bits.length / filter[3], filter[3], count);
  const positions = tf.tensor(words, [words.length], 'int32');
  const mask = tf.tensor(bits, filter, 'bool');
  const nan = tf.tensor(
    Float32Array.from(bits, (bit) => (bit ? 0 : NaN)),
    filter,
  );
  const outShape = tf.backend_util.computeConv2DInfo(images, filter, strides, 1, pad).outShape;
  const attrs = Object({window: {filter, strides, pad}, images, inShape: images, outShape, plan});
  return (x: tf.Tensor, weights: tf.Tensor, added: tf.Tensor): tf.Tensor => {
    const inputs = {x, weights: tf.add(weights, nan), mask, positions};
    const y = tf
      .engine()
      .runKernel('MaskedProduct', bias ? {...inputs, bias: added} : inputs, attrs) as tf.Tensor;
    return bias ? y : tf.add(y, tf.mul(added, 0));
  };
}

describe('a product by remaining weights', () => {
  it.each([
    ['of images', convolutions],
    ['of matrices', matrices],
  ])('%s and its gradients are those of the masked product on the CPU backend', (_, cases) =>
    fc.assert(
      fc.asyncProperty(cases, (given) => expectSameOnBoth(() => productAndGradients(given), 1e-5)),
      {...runs, numRuns: 80},
    ),
  );
});

describe('positionsOf', () => {
  it('lists where rows and columns begin, then the columns of the ones of each row', () => {
    const bits = Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 1);
    expect(Array.from(positionsOf(bits, 4, 3, 5))).toEqual([
      ...[0, 2, 2, 3, 5],
      ...[0, 1, 2, 5],
      ...[0, 2, 2, 1, 2],
    ]);
  });

  it('takes at most 12 bytes for each remaining weight of a layer of LeNet-300-100 at 98 %', () => {
    const bits = Uint8Array.from({length: 784 * 300}, (_, i) => Number(i % 50 === 0));
    const count = bits.length / 50;
    expect(positionsOf(bits, 784, 300, count).byteLength).toBeLessThan(12 * count);
  });
});

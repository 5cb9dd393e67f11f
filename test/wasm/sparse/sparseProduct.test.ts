import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import type {WasmBackend} from '../../../src/wasm/backend';
import {formsFor} from '../../../src/wasm/sparse/form';
import {nonzeros} from '../../../src/wasm/sparse/nonzeros';
import {runSparseProduct} from '../../../src/wasm/sparse/sparseProduct';
import {outputsOf, sizesOf, type Window} from '../../../src/wasm/sparse/window';
import {fillFreshOutputs, numbers, restartWasm} from '../backends';

beforeAll(restartWasm);

/** A kernel in which about a share of the blocks of `size` neighboring outputs is left. */
function kernelOf(window: Window, size: number, left: number, seed: number): tf.Tensor4D {
  const {rows, columns, channels, filters} = window;
  const values = numbers([rows, columns, channels, filters], seed).dataSync<'float32'>();
  const picks = numbers([Math.ceil(values.length / size)], seed + 1).dataSync();
  const kept = values.map((value, i) => ((picks[Math.floor(i / size)] + 1) / 2 < left ? value : 0));
  return tf.tensor(kept, [rows, columns, channels, filters]);
}

interface Case {
  window: Window;
  /** The shape of the inputs. */
  shape: number[];
  left: number;
}

/** Padded by hand, as the WASM backend does not compute some with `same` whose window is smaller than its steps. */
function convolution(x: tf.Tensor4D, filter: tf.Tensor4D, window: Window): tf.Tensor {
  const {rowStep, columnStep, rowDilation, columnDilation, padding, isDepthwise} = window;
  const steps: [number, number] = [rowStep, columnStep];
  const dilations: [number, number] = [rowDilation, columnDilation];
  const {padInfo} = tf.backend_util.computeConv2DInfo(x.shape, filter.shape, steps, dilations, padding);
  const [top, bottom, left, right] = [padInfo.top, padInfo.bottom, padInfo.left, padInfo.right].map((pad) =>
    Math.max(0, pad),
  );
  const padded = tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  return (isDepthwise ? tf.depthwiseConv2d : tf.conv2d)(padded, filter, steps, 'valid', 'NHWC', dilations);
}

function product(x: tf.Tensor, filter: tf.Tensor4D): tf.Tensor {
  const [, , channels, filters] = filter.shape;
  return tf.matMul(tf.reshape(x, [-1, channels]), tf.reshape(filter, [channels, filters]));
}

/** The product by nonzeros, in each form that there is, against the dense one; largest difference to largest output. */
function worst({window, shape, left}: Case): number {
  const differences = formsFor(window, sizesOf(window, shape)).map((form, i) =>
    tf.tidy(() => {
      const x = numbers(shape, 3);
      const filter = kernelOf(window, form.size, left, 10 + i);
      const bias = numbers([outputsOf(window)], 5) as tf.Tensor1D;
      const {words, groups, taken} = nonzeros(filter.dataSync<'float32'>(), window, form);
      const inputs = {x, nonzeros: tf.tensor(words, [words.length], 'int32'), bias};
      const actual = runSparseProduct(inputs, {window, form, groups, taken, low: -0.5, high: 2});
      const dense = shape.length === 4 ? convolution(x as tf.Tensor4D, filter, window) : product(x, filter);
      const expected = tf.clipByValue(tf.add(dense, bias), -0.5, 2);
      expect(actual.size).toBe(expected.size);
      if (shape.length === 4) expect(actual.shape).toEqual(expected.shape);
      return tf.max(tf.abs(tf.sub(actual.flatten(), expected.flatten()))).dataSync()[0];
    }),
  );
  expect(differences.length).toBeGreaterThan(0);
  return Math.max(...differences);
}

const matrix = (channels: number, filters: number): Window => ({
  rows: 1,
  columns: 1,
  channels,
  filters,
  rowStep: 1,
  columnStep: 1,
  rowDilation: 1,
  columnDilation: 1,
  padding: 'valid',
  isDepthwise: false,
});

describe.each([1, 2, 3, 5, 15, 16, 17, 32, 50])('a product of %i rows', (rows) => {
  it.each([
    [1, 1],
    [7, 5],
    [33, 6],
    [64, 12],
  ])('with %i × %i weights equals the dense product', (channels, filters) => {
    expect(worst({window: matrix(channels, filters), shape: [rows, channels], left: 0.3})).toBeLessThan(1e-5);
  });
});

/** The product in double precision, of the blocks of which something is left. */
function exact(
  x: Float32Array,
  w: Float32Array,
  bias: Float32Array,
  rows: number,
  size: number,
): Float64Array {
  const [channels, filters] = [x.length / rows, bias.length];
  return Float64Array.from({length: rows * filters}, (_, i) => {
    const [row, filter] = [Math.floor(i / filters), i % filters];
    let sum = bias[filter];
    for (let channel = 0; channel < channels; channel++) {
      const at = channel * filters + filter;
      const isLeft = w.subarray(at - (at % size), at - (at % size) + size).some((value) => value !== 0);
      if (isLeft) sum += w[at] * x[row * channels + channel];
    }
    return sum;
  });
}

it('a product equals that in double precision, where infinite inputs count only for the weights left', () => {
  const cases = fc.record({
    rows: fc.integer({min: 1, max: 40}),
    channels: fc.integer({min: 1, max: 70}),
    filters: fc.integer({min: 1, max: 20}),
    left: fc.constantFrom(0.05, 0.3, 1),
    infinite: fc.integer({min: 0, max: 140}),
  });
  const property = fc.property(cases, ({rows, channels, filters, left, infinite}) => {
    const window = matrix(channels, filters);
    for (const form of formsFor(window, sizesOf(window, [rows, channels]))) {
      const [w, values, added] = tf.tidy(() => [
        kernelOf(window, form.size, left, 10).dataSync<'float32'>(),
        numbers([rows, channels], 3).dataSync<'float32'>(),
        numbers([filters], 5).dataSync<'float32'>(),
      ]);
      if (infinite < channels) values[infinite] = Number.POSITIVE_INFINITY;
      const {words, groups, taken} = nonzeros(w, window, form);
      const actual = tf.tidy(() => {
        const list = tf.tensor(words, [words.length], 'int32');
        const inputs = {x: tf.tensor(values, [rows, channels]), nonzeros: list, bias: tf.tensor(added)};
        const limits = {low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY};
        return runSparseProduct(inputs, {window, form, groups, taken, ...limits}).dataSync();
      });
      for (const [i, value] of exact(values, w, added, rows, form.size).entries()) {
        if (Number.isFinite(value)) expect(Math.abs(actual[i] - value)).toBeLessThan(1e-4);
        else expect(actual[i]).toBe(value);
      }
    }
  });
  fc.assert(property, {numRuns: Number(process.env.RUNS ?? 60), seed: 7});
});

it.each([
  ['all', 1],
  ['none', 0],
])('a product with %s of the weights remaining is correct', (_, left) => {
  expect(worst({window: matrix(20, 8), shape: [40, 20], left})).toBeLessThan(1e-5);
  expect(worst({window: matrix(20, 8), shape: [1, 20], left})).toBeLessThan(1e-5);
});

describe('a sparse convolution', () => {
  const steps = fc.integer({min: 1, max: 3});
  const sizes = fc.integer({min: 1, max: 4});
  const cases = fc.record({
    rows: sizes,
    columns: sizes,
    channels: fc.integer({min: 1, max: 9}),
    filters: fc.integer({min: 1, max: 8}),
    steps: fc.tuple(steps, steps),
    dilations: fc.tuple(steps, steps),
    padding: fc.constantFrom('same' as const, 'valid' as const),
    isDepthwise: fc.boolean(),
    images: fc.integer({min: 1, max: 2}),
    height: fc.integer({min: 12, max: 40}),
    width: fc.integer({min: 12, max: 40}),
    left: fc.constantFrom(0.05, 0.3, 1),
  });

  it('equals the dense convolution for any kernel size, stride, dilation, padding and number of channels', () => {
    fc.assert(
      fc.property(cases, ({images, height, width, left, steps: [rowStep, columnStep], ...given}) => {
        const {isDepthwise} = given;
        const isStrided = rowStep * columnStep > 1;
        // tfjs takes either steps or dilations.
        const [rowDilation, columnDilation] = isStrided ? [1, 1] : given.dilations;
        // One step for both, in a depthwise one of tfjs.
        const across = isDepthwise ? rowStep : columnStep;
        const channels = isDepthwise ? 4 * Math.ceil(given.channels / 3) : given.channels;
        const window: Window = {
          ...given,
          channels,
          filters: isDepthwise ? 1 : given.filters,
          rowStep,
          columnStep: across,
          rowDilation: isDepthwise && across > 1 ? 1 : rowDilation,
          columnDilation: isDepthwise && across > 1 ? 1 : columnDilation,
        };
        return worst({window, shape: [images, height, width, channels], left}) < 1e-5;
      }),
      {numRuns: Number(process.env.RUNS ?? 60), seed: 7},
    );
  });

  it('is correct in bands, for images larger than the cache', () => {
    const window = {...matrix(64, 8), rows: 3, columns: 3, padding: 'same' as const};
    expect(formsFor(window, sizesOf(window, [1, 60, 60, 64]))[0].bandHeight).toBeLessThan(60);
    expect(worst({window, shape: [1, 60, 60, 64], left: 0.1})).toBeLessThan(1e-5);
  });

  it('is correct with strides beyond the 32 bits of a mask', () => {
    const window = {...matrix(3, 4), rows: 7, columns: 7, rowStep: 7, columnStep: 6};
    expect(worst({window, shape: [1, 29, 30, 3], left: 0.5})).toBeLessThan(1e-5);
  });
});

it('a sparse product does not depend on earlier contents of the memory', async () => {
  fillFreshOutputs(Number.NaN);
  const window = {...matrix(5, 6), rows: 3, columns: 3, padding: 'same' as const};
  expect(worst({window, shape: [1, 13, 13, 5], left: 0.4})).toBeLessThan(1e-5);
  expect(worst({window: matrix(5, 6), shape: [21, 5], left: 0.4})).toBeLessThan(1e-5);
  await restartWasm();
});

it('a sparse product survives growth of the backend memory, and leaves nothing in it', () => {
  const window = matrix(64, 64);
  const before = [tf.memory().numTensors, tf.backend().numDataIds()];
  const large = tf.zeros([3000, 3000]);
  expect(worst({window, shape: [64, 64], left: 0.1})).toBeLessThan(1e-5);
  large.dispose();
  expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual(before);
});

it('a sparse product leaks nothing in a million calls', () => {
  const window = matrix(4, 4);
  const form = formsFor(window, sizesOf(window, [3, 4]))[0];
  const {words, groups, taken} = nonzeros(new Float32Array(16).fill(1), window, form);
  const inputs = {
    x: tf.ones([3, 4]),
    nonzeros: tf.tensor(words, [words.length], 'int32'),
    bias: tf.ones([4]),
  };
  const run = () => runSparseProduct(inputs, {window, form, groups, taken, low: 0, high: 9}).dispose();
  run();
  const {wasm} = tf.backend() as unknown as WasmBackend;
  const before = [tf.memory().numTensors, tf.backend().numDataIds(), wasm.HEAPU8.length];
  for (let i = 0; i < 1e6; i++) run();
  expect([tf.memory().numTensors, tf.backend().numDataIds(), wasm.HEAPU8.length]).toEqual(before);
  tf.dispose(Object.values(inputs));
});

import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {enableTraining} from '../../src/wasm';
import {fillFreshOutputs, numbers} from './backends';
import type {Case} from './definition/cases';
import {kinds} from './definition/layers';
import type {Nd} from './definition/nd';

beforeAll(async () => {
  await tf.setBackend('wasm');
  enableTraining();
  fillFreshOutputs(NaN);
});

const ofTensor = (x: tf.Tensor): Nd => ({shape: x.shape, values: Float64Array.from(x.dataSync())});

/** A factor for each output, so that their gradients differ. */
const factor = (place: number) => Math.cos(1 + place);

/** Weights in [-0.5, 0.5), variances in [0, 1). */
function weightsFor(layer: tf.layers.Layer): tf.Tensor[] {
  return layer.weights.map(({shape, originalName}, i) => {
    const values = numbers(shape as number[], i + 11);
    return originalName.includes('variance') ? values.abs() : values.mul(0.5);
  });
}

/** The outputs of a tfjs layer for random inputs and weights, and its gradients with respect to the trained weights. */
function compute({layer: make, inputs, mask, trains = true}: Case) {
  const layer = make();
  const xs = inputs.map((shape, i) => tf.variable(numbers([...shape], i + 1)));
  const kwargs = mask && {mask: mask()};
  const call = () => layer.apply(xs.length === 1 ? xs[0] : xs, kwargs) as tf.Tensor;
  call();
  layer.setWeights(weightsFor(layer));
  const y = call();
  const factors = tf.tensor(
    Float32Array.from({length: y.size}, (_, i) => factor(i)),
    y.shape,
  );
  const trained = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const variables = [...xs, ...trained];
  const weights = layer.weights.map((weight) => ofTensor(weight.read()));
  const found = {
    y: ofTensor(y),
    inputs: xs.map(ofTensor),
    weights,
    trained: weights.filter((_, i) => layer.weights[i].trainable),
    gradients: [] as Nd[],
  };
  if (trains) {
    const {grads} = tf.variableGrads(() => tf.sum(tf.mul(call(), factors)), variables);
    found.gradients = variables.map(({name}) => ofTensor(grads[name]));
  }
  layer.dispose();
  tf.dispose(xs);
  return found;
}

/** The same, with all tensors disposed. */
function computed(one: Case): ReturnType<typeof compute> {
  const counts = () => [tf.memory().numTensors, tf.backend().numDataIds()];
  const before = counts();
  tf.engine().startScope();
  const found = compute(one);
  tf.engine().endScope();
  expect(counts()).toEqual(before);
  return found;
}

/** The number of elements of each array to differentiate by. */
const TRIED = 12;

/**
 * The derivative of the sum of all outputs times their factors with respect to some elements of an array, nearly exact; NaN
 * for the other elements, and where the derivatives from both sides differ.
 */
function derivatives(of: Nd, outputs: () => Nd): Nd {
  const step = 1e-5;
  const sum = () => outputs().values.reduce((sum, value, i) => sum + value * factor(i), 0);
  const here = sum();
  const every = Math.ceil(of.values.length / TRIED);
  const values = of.values.map((value, i) => {
    if (i % every > 0) return Number.NaN;
    const slope = (step: number) => {
      of.values[i] = value + step;
      return (sum() - here) / step;
    };
    const [before, after] = [slope(-step), slope(step)];
    of.values[i] = value;
    return Math.abs(after - before) < 1e-3 ? (before + after) / 2 : Number.NaN;
  });
  return {shape: of.shape, values};
}

function expectSame(actual: Nd, expected: Nd, label: string): void {
  expect([label, actual.shape]).toEqual([label, expected.shape]);
  const largest = Math.max(0.1, ...expected.values.filter((value) => !Number.isNaN(value)).map(Math.abs));
  const isFar = (value: number, i: number) =>
    !Number.isNaN(value) && !(Math.abs(value - actual.values[i]) <= 1e-3 * largest);
  const far = [...expected.values].findIndex(isFar);
  expect([label, far < 0 || [far, actual.values[far], expected.values[far]]]).toEqual([label, true]);
}

const runs = {numRuns: 40, seed: 42};

describe.each(Object.entries(kinds))('with enableTraining() %s', (_, cases) => {
  it('outputs the values of its definition', () =>
    fc.assert(
      fc.property(cases, (one) => {
        const {y, inputs, weights} = computed({...one, trains: false});
        expectSame(y, one.define(inputs, weights), JSON.stringify([one.config, one.inputs]));
      }),
      runs,
    ));

  it('has the gradients of its definition', () =>
    fc.assert(
      fc.property(cases, (one) => {
        const {inputs, weights, trained, gradients} = computed(one);
        if (gradients.length === 0) return;
        for (const [i, array] of [...inputs, ...trained].entries()) {
          const slopes = derivatives(array, () => one.define(inputs, weights));
          expectSame(gradients[i], slopes, `${JSON.stringify([one.config, one.inputs])} ${i}`);
        }
      }),
      {...runs, numRuns: runs.numRuns / 2},
    ));
});

describe('with enableTraining() the gradient of max pooling', () => {
  it('is added to the first maximum of a window, in 2D and in 3D', () => {
    const image = tf.tidy(() => {
      const x = tf.tensor4d([1, 2, 2, 1, 2, 2], [1, 2, 3, 1]);
      return [
        ...tf
          .grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 1, 'valid'))(x)
          .dataSync(),
      ];
    });
    const volume = tf.tidy(() => {
      const x = tf.tensor5d([1, 2, 2, 1, 2, 2], [1, 2, 3, 1, 1]);
      return [
        ...tf
          .grad((x) => tf.maxPool3d(x as tf.Tensor5D, [2, 2, 1], 1, 'valid'))(x)
          .dataSync(),
      ];
    });
    expect(image).toEqual([0, 2, 0, 0, 0, 0]);
    expect(volume).toEqual(image);
  });
});

/** The values of an op's result; disposes all tensors. */
function outcome(op: () => tf.Tensor) {
  const y = tf.tidy(op);
  // Turns −0 into 0.
  const found = {shape: y.shape.map((length) => length + 0), values: [...y.dataSync()]};
  y.dispose();
  return found;
}

describe('with enableTraining()', () => {
  const none = (shape: [number, number, number, number]) => tf.zeros(shape) as tf.Tensor4D;
  const filter = () => tf.ones([3, 3, 2, 4]) as tf.Tensor4D;

  it.each([
    ['a convolution', [1, 0, 1, 4], () => tf.conv2d(none([1, 1, 6, 2]), filter(), [2, 4], 'valid')],
    ['a convolution of no images', [0, 5, 6, 4], () => tf.conv2d(none([0, 5, 6, 2]), filter(), 1, 'same')],
    ['a depthwise one', [1, 0, 2, 8], () => tf.depthwiseConv2d(none([1, 1, 6, 2]), filter(), 2, 'valid')],
    ['max pooling', [1, 0, 2, 2], () => tf.maxPool(none([1, 1, 6, 2]), 3, 2, 'valid')],
    ['average pooling', [1, 0, 2, 2], () => tf.avgPool(none([1, 1, 6, 2]), 3, 2, 'valid')],
  ] as [string, number[], () => tf.Tensor][])(
    '%s whose windows do not fit has an empty output',
    (_, shape, op) => {
      expect(outcome(op)).toEqual({shape, values: []});
    },
  );

  it.each(['float32', 'int32'] as const)('a cast of %s to bool is true for numbers other than 0', (dtype) => {
    const {values} = outcome(() => tf.tensor1d([0, 1, -2, 256], dtype).cast('bool').cast('int32'));
    expect(values).toEqual([0, 1, 1, 1]);
  });

  it('reverse() reverses bools and writes nowhere else', () => {
    const before = tf.tensor1d([1, 2, 3, 4]);
    const {values} = outcome(() => tf.tensor1d([true, false, false, true, true], 'bool').reverse());
    expect(values).toEqual([1, 1, 0, 0, 1]);
    expect([...before.dataSync()]).toEqual([1, 2, 3, 4]);
    before.dispose();
  });

  it('oneHot() has the requested values and type', () => {
    const {values} = outcome(() => tf.oneHot(tf.tensor1d([1, 3, -1], 'int32'), 2, 0.5, -1, 'float32'));
    expect(values).toEqual([-1, 0.5, -1, -1, -1, -1]);
  });

  it('CenterCrop keeps the last column', () => {
    const {values} = outcome(
      () =>
        tf.layers
          .centerCrop({height: 1, width: 4})
          .apply(tf.range(0, 15, 1, 'float32').reshape([1, 3, 5, 1])) as tf.Tensor,
    );
    expect(values).toEqual([6, 7, 8, 9]);
  });
});

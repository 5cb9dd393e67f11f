import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {enableTraining} from '../../src/wasm';
import {between, runs, seed} from './arbitraries';
import {expectSameOnBoth, numbers} from './backends';

type Shape5D = [number, number, number, number, number];

beforeAll(() => {
  // Makes tfjs check each kernel for leaked data.
  tf.env().set('IS_TEST', true);
  enableTraining();
});

const volume = fc.tuple(between(1, 3), between(1, 6), between(1, 6), between(1, 6), between(1, 4));
const edges = (max: number) => fc.tuple(between(1, max), between(1, max), between(1, max));
const pad = fc.constantFrom('valid' as const, 'same' as const);

describe('a 3D convolution', () => {
  const convolution = fc
    .record({xShape: volume, filter: edges(4), outputs: between(1, 4), strides: edges(3), pad, seed})
    .map(({xShape, filter, outputs, strides, pad, seed}) => {
      const filterShape: Shape5D = [...filter, xShape[4], outputs];
      const {outShape} = tf.backend_util.computeConv3DInfo(xShape, filterShape, strides, 1, pad);
      return {xShape, filterShape, outShape, attrs: {strides, pad}, seed};
    })
    // For strides larger than the window, the CPU backend pads volumes by negative numbers, and so shifts them.
    .filter(({attrs, filterShape}) => attrs.strides.every((stride, i) => stride <= filterShape[i]))
    .filter(({outShape}) => outShape.every((size) => size > 0));

  it('has the filter gradient of the CPU backend', () =>
    fc.assert(
      fc.asyncProperty(convolution, ({xShape, filterShape, outShape, attrs, seed}) =>
        expectSameOnBoth(() => {
          const inputs = {x: numbers(xShape, seed), dy: numbers(outShape, seed + 1)};
          return tf
            .engine()
            .runKernel('Conv3DBackpropFilterV2', inputs, {...attrs, filterShape}) as tf.Tensor;
        }),
      ),
      runs,
    ));

  it('has the input gradient of the CPU backend', () =>
    fc.assert(
      fc.asyncProperty(convolution, ({xShape, filterShape, outShape, attrs, seed}) =>
        expectSameOnBoth(() => {
          const inputs = {dy: numbers(outShape, seed + 1), filter: numbers(filterShape, seed)};
          return tf
            .engine()
            .runKernel('Conv3DBackpropInputV2', inputs, {...attrs, inputShape: xShape}) as tf.Tensor;
        }),
      ),
      runs,
    ));
});

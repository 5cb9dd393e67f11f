import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {enableTraining} from '../../src/wasm';
import {between, runs, seed} from './arbitraries';
import {expectSameOnBoth, numbers} from './backends';

type Shape5D = [number, number, number, number, number];

beforeAll(() => {
  // tfjs then checks after each kernel that it left no data behind.
  tf.env().set('IS_TEST', true);
  enableTraining();
});

type Edges = [number, number, number];

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
    .filter(({outShape}) => outShape.every((size) => size > 0));

  it('has the gradient by its filter that the CPU backend gives', () =>
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

  it('has the gradient by its input that the CPU backend gives', () =>
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

describe('3D pooling', () => {
  const pooling = fc
    .record({
      x: volume,
      // On cpu the gradient of a maximum goes astray in windows that are not as high as wide.
      size: fc.tuple(between(1, 3), between(1, 3)).map(([depth, width]) => [depth, width, width] as Edges),
      strides: edges(3),
      pad,
      seed,
    })
    .filter(({x, size, strides, pad}) => {
      // For strides larger than the window tfjs pads volumes by less than nothing, and so shifts them.
      if (pad === 'same' && strides.some((stride, i) => stride > size[i])) return false;
      return tf.backend_util.computePool3DInfo(x, size, strides, 1, pad).outShape.every((size) => size > 0);
    });
  const gradient = (pool: (x: tf.Tensor5D) => tf.Tensor, x: tf.Tensor) =>
    tf.grad((x) =>
      pool(x as tf.Tensor5D)
        .mul(2)
        .square(),
    )(x);

  it('by the maximum gives what the CPU backend gives, also where nothing is positive', () =>
    fc.assert(
      fc.asyncProperty(pooling, ({x, size, strides, pad, seed}) =>
        expectSameOnBoth(() => tf.maxPool3d(numbers(x, seed).sub(0.5) as tf.Tensor5D, size, strides, pad), 0),
      ),
      runs,
    ));

  it('by the maximum has the gradient that the CPU backend gives, also under ties', () =>
    fc.assert(
      fc.asyncProperty(pooling, ({x, size, strides, pad, seed}) =>
        expectSameOnBoth(() => {
          const values = numbers(x, seed).mul(3).round().sub(1);
          return gradient((x) => tf.maxPool3d(x, size, strides, pad), values);
        }, 0),
      ),
      runs,
    ));

  it('by the average has the gradient that the CPU backend gives', () =>
    fc.assert(
      fc.asyncProperty(pooling, ({x, size, strides, pad, seed}) =>
        expectSameOnBoth(() => gradient((x) => tf.avgPool3d(x, size, strides, pad), numbers(x, seed))),
      ),
      runs,
    ));
});

describe('average pooling', () => {
  const pooling = fc
    .record({
      x: fc.tuple(between(1, 2), between(1, 8), between(1, 8), between(1, 4)),
      size: fc.tuple(between(1, 4), between(1, 4)),
      strides: fc.tuple(between(1, 3), between(1, 3)),
      pad,
      seed,
    })
    .filter(({x, size, strides, pad}) =>
      tf.backend_util.computePool2DInfo(x, size, strides, 1, pad).outShape.every((size) => size > 0),
    );

  it('has the gradient that the CPU backend gives', () =>
    fc.assert(
      fc.asyncProperty(pooling, ({x, size, strides, pad, seed}) =>
        expectSameOnBoth(() =>
          tf.grad((x) => tf.avgPool(x as tf.Tensor4D, size, strides, pad).square())(numbers(x, seed)),
        ),
      ),
      runs,
    ));
});

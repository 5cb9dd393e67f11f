import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {enableTraining} from '../../src/wasm';
import {between, pad, runs, seed} from './arbitraries';
import {expectSameOnBoth, numbers, on, restartWasm} from './backends';

type Shape4D = [number, number, number, number];

beforeAll(() => {
  // Makes tfjs check each kernel for leaked data.
  tf.env().set('IS_TEST', true);
  enableTraining();
});

describe('a depthwise convolution', () => {
  const convolution = fc
    .record({
      // Also more rows than one block of the filter gradient.
      xShape: fc.tuple(between(1, 3), between(1, 21), between(1, 9), between(1, 9)),
      filter: fc.tuple(between(1, 5), between(1, 5)),
      multiplier: between(1, 3),
      strides: fc.tuple(between(1, 3), between(1, 3)),
      pad,
      seed,
    })
    .map(({xShape, filter, multiplier, strides, pad, seed}) => {
      const filterShape: Shape4D = [...filter, xShape[3], multiplier];
      const {outShape} = tf.backend_util.computeConv2DInfo(
        xShape,
        filterShape,
        strides,
        1,
        pad,
        undefined,
        true,
      );
      const attrs = {strides, pad: pad as number, dilations: 1};
      return {xShape, filterShape, outShape, attrs, seed};
    })
    .filter(({outShape}) => outShape[1] > 0 && outShape[2] > 0);

  it('has the filter gradient of the CPU backend', () =>
    fc.assert(
      fc.asyncProperty(convolution, ({xShape, filterShape, outShape, attrs, seed}) =>
        expectSameOnBoth(() => {
          const inputs = {x: numbers(xShape, seed), dy: numbers(outShape, seed + 1)};
          return tf
            .engine()
            .runKernel('DepthwiseConv2dNativeBackpropFilter', inputs, {...attrs, filterShape}) as tf.Tensor;
        }),
      ),
      {...runs, numRuns: 100},
    ));

  it('has the input gradient of the CPU backend', () =>
    fc.assert(
      fc.asyncProperty(convolution, ({xShape, filterShape, outShape, attrs, seed}) =>
        expectSameOnBoth(() => {
          const inputs = {dy: numbers(outShape, seed + 1), filter: numbers(filterShape, seed)};
          return tf.engine().runKernel('DepthwiseConv2dNativeBackpropInput', inputs, {
            ...attrs,
            inputShape: xShape,
          }) as tf.Tensor;
        }),
      ),
      {...runs, numRuns: 100},
    ));

  it('has both gradients for a large batch, when the heap grows', async () => {
    await restartWasm();
    const last = (batch: number) =>
      on('wasm', () => {
        const filter = numbers([3, 3, 8, 1], 1) as tf.Tensor4D;
        const one = numbers([1, 28, 28, 8], 2) as tf.Tensor4D;
        const [dx, dw] = tf.grads((x, filter) =>
          tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'),
        )([tf.tile(one, [batch, 1, 1, 1]), filter]);
        return tf.concat([dx.slice(batch - 1).flatten(), dw.div(batch).flatten()]);
      });
    const large = await last(200);
    const small = await last(1);
    for (const [i, value] of small.values.entries()) expect(large.values[i]).toBeCloseTo(value, 3);
  });
});

describe('unsortedSegmentSum', () => {
  const sum = fc.record({
    shape: fc.array(between(1, 5), {minLength: 1, maxLength: 4}),
    ids: fc.infiniteStream(between(-1, 6)),
    numSegments: between(1, 6),
    dtype: fc.constantFrom('float32' as const, 'int32' as const),
    seed,
  });

  it('equals that of the CPU backend, also for ids out of range', () =>
    fc.assert(
      fc.asyncProperty(sum, ({shape, ids, numSegments, dtype, seed}) => {
        const segmentIds = [...ids.take(shape[0])];
        return expectSameOnBoth(
          () =>
            tf.unsortedSegmentSum(
              numbers(shape, seed).mul(9).cast(dtype),
              tf.tensor1d(segmentIds, 'int32'),
              numSegments,
            ),
          1e-6,
        );
      }),
      runs,
    ));

  it('of no slices is zero', () =>
    expectSameOnBoth(() => tf.unsortedSegmentSum(tf.zeros([0, 3]), tf.tensor1d([], 'int32'), 2), 0));

  it('is the gradient of gather along any axis', () =>
    expectSameOnBoth(() => {
      const indices = tf.tensor1d([2, 0, 2], 'int32');
      return tf.grad((x) => tf.gather(x, indices, 1).square())(numbers([4, 3, 5], 1));
    }));
});

import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {enableTraining} from '../../src/wasm';
import {pad, runs, seed} from './arbitraries';
import {expectSameOnBoth, numbers, on, restartWasm} from './backends';

type Shape4D = [number, number, number, number];

beforeAll(() => {
  // Makes tfjs check each kernel for leaked data.
  tf.env().set('IS_TEST', true);
  enableTraining();
});

function replace(config: tf.KernelConfig): void {
  tf.unregisterKernel(config.kernelName, config.backendName);
  tf.registerKernel(config);
}

describe('a convolution', () => {
  const convolution = fc
    .record({
      x: fc.tuple(
        fc.integer({min: 1, max: 3}),
        fc.integer({min: 1, max: 9}),
        fc.integer({min: 1, max: 9}),
        fc.integer({min: 1, max: 9}),
      ),
      filter: fc.tuple(fc.integer({min: 1, max: 5}), fc.integer({min: 1, max: 5})),
      outputs: fc.integer({min: 1, max: 9}),
      strides: fc.tuple(fc.integer({min: 1, max: 3}), fc.integer({min: 1, max: 3})),
      pad,
      seed,
    })
    .map(({x, filter, outputs, strides, pad, seed}) => {
      const filterShape: Shape4D = [...filter, x[3], outputs];
      return {xShape: x, filterShape, strides, pad, seed};
    })
    .filter(({xShape, filterShape, strides, pad}) => {
      const {outHeight, outWidth} = tf.backend_util.computeConv2DInfo(xShape, filterShape, strides, 1, pad);
      return outHeight > 0 && outWidth > 0;
    });

  it('has the filter gradient of the CPU backend', () =>
    fc.assert(
      fc.asyncProperty(convolution, ({xShape, filterShape, strides, pad, seed}) =>
        expectSameOnBoth(() => {
          const x = numbers(xShape, seed) as tf.Tensor4D;
          const {outShape} = tf.backend_util.computeConv2DInfo(xShape, filterShape, strides, 1, pad);
          const attrs = {strides, pad: pad as number, dataFormat: 'NHWC', filterShape};
          return tf
            .engine()
            .runKernel('Conv2DBackpropFilter', {x, dy: numbers(outShape, seed + 1)}, attrs) as tf.Tensor;
        }),
      ),
      runs,
    ));

  it('has the input gradient of the CPU backend', () =>
    fc.assert(
      fc.asyncProperty(convolution, ({xShape, filterShape, strides, pad, seed}) =>
        expectSameOnBoth(() => {
          const filter = numbers(filterShape, seed);
          const {outShape} = tf.backend_util.computeConv2DInfo(xShape, filterShape, strides, 1, pad);
          const attrs = {strides, pad: pad as number, dataFormat: 'NHWC', inputShape: xShape};
          return tf
            .engine()
            .runKernel('Conv2DBackpropInput', {dy: numbers(outShape, seed + 1), filter}, attrs) as tf.Tensor;
        }),
      ),
      runs,
    ));

  it('has both gradients for a large batch, when the heap grows', async () => {
    await restartWasm();
    const layer = (x: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, numbers([5, 5, 1, 6], 1) as tf.Tensor4D, 1, 'same');
    const large = await on('wasm', () =>
      tf
        .grad(layer)(numbers([1200, 28, 28, 1], 2))
        .slice(1199),
    );
    const small = await on('wasm', () => tf.grad(layer)(numbers([1, 28, 28, 1], 2)));
    expect(large.values).toEqual(small.values);
  });

  it('of format NCHW keeps its input gradient, and throws for its filter gradient', async () => {
    const attrs = {strides: 1, pad: 'valid', dataFormat: 'NCHW'};
    const filter = () => numbers([2, 2, 3, 4], 1);
    const dy = () => numbers([1, 4, 4, 4], 2);
    await expectSameOnBoth(
      () =>
        tf
          .engine()
          .runKernel(
            'Conv2DBackpropInput',
            {dy: dy(), filter: filter()},
            {...attrs, inputShape: [1, 3, 5, 5]},
          ) as tf.Tensor,
    );
    const byFilter = () =>
      tf
        .engine()
        .runKernel(
          'Conv2DBackpropFilter',
          {x: numbers([1, 3, 5, 5], 1), dy: dy()},
          {...attrs, filterShape: [2, 2, 3, 4]},
        );
    expect(() => tf.tidy(() => void byFilter())).toThrow(
      "Conv2DBackpropFilter: the WASM backend does not support dataFormat 'NCHW'; use 'NHWC'",
    );
  });
});

describe('max pooling', () => {
  const pooling = fc
    .record({
      x: fc.tuple(
        fc.integer({min: 1, max: 2}),
        fc.integer({min: 1, max: 8}),
        fc.integer({min: 1, max: 8}),
        fc.integer({min: 1, max: 4}),
      ),
      size: fc.tuple(fc.integer({min: 1, max: 4}), fc.integer({min: 1, max: 4})),
      strides: fc.tuple(fc.integer({min: 1, max: 3}), fc.integer({min: 1, max: 3})),
      pad: fc.constantFrom('valid' as const, 'same' as const, 1),
      seed,
    })
    .filter(({x, size, strides, pad}) => {
      const info = tf.backend_util.computePool2DInfo(x, size, strides, 1, pad);
      const {inHeight, inWidth, outHeight, outWidth, padInfo} = info;
      // With a numeric padding, tfjs uses the height of window and stride for the width too.
      if (pad === 1 && (size[0] !== size[1] || strides[0] !== strides[1])) return false;
      // A window of padding only has no maximum.
      const full = (before: number, window: number, step: number, outputs: number, inputs: number) =>
        outputs > 0 && before < window && (outputs - 1) * step - before < inputs;
      return (
        full(padInfo.top, size[0], strides[0], outHeight, inHeight) &&
        full(padInfo.left, size[1], strides[1], outWidth, inWidth)
      );
    });

  it('passes its gradient to the first maximum, also for ties and without positive inputs', () =>
    fc.assert(
      fc.asyncProperty(pooling, ({x, size, strides, pad, seed}) =>
        expectSameOnBoth(() => {
          const values = numbers(x, seed).mul(3).round().sub(1) as tf.Tensor4D;
          return tf.grad((x) =>
            tf
              .maxPool(x as tf.Tensor4D, size, strides, pad)
              .mul(2)
              .square(),
          )(values);
        }, 0),
      ),
      runs,
    ));

  it('passes its gradient to the first of equal maxima', async () => {
    const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid');
    const gradient = (values: number[]) => on('wasm', () => tf.grad(pool)(tf.tensor(values, [1, 2, 2, 1])));
    expect((await gradient([0, 0, 0, 0])).values).toEqual([1, 0, 0, 0]);
    expect((await gradient([-3, -2, -2, -5])).values).toEqual([0, 1, 0, 0]);
  });
});

describe('a matrix product', () => {
  const size = fc.integer({min: 1, max: 12});
  const batch = fc.constantFrom<[number[], number[]]>(
    [[], []],
    [[1], [1]],
    [[1, 1], []],
    [[3], [3]],
    [[1], [3]],
    [[3], [1]],
    [
      [2, 3],
      [2, 3],
    ],
    [
      [2, 3],
      [1, 1],
    ],
    [[], [2]],
  );
  const product = fc.record({
    m: size,
    k: size,
    n: size,
    batch,
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    seed,
  });

  it('equals that of the CPU backend, also for transposed operands and batches', () =>
    fc.assert(
      fc.asyncProperty(product, ({m, k, n, batch, transposeA, transposeB, seed}) =>
        expectSameOnBoth(() => {
          const a = numbers([...batch[0], ...(transposeA ? [k, m] : [m, k])], seed);
          const b = numbers([...batch[1], ...(transposeB ? [n, k] : [k, n])], seed + 1);
          // Twice, because the second call packs b.
          return tf.stack([tf.matMul(a, b, transposeA, transposeB), tf.matMul(a, b, transposeA, transposeB)]);
        }),
      ),
      {...runs, numRuns: 150},
    ));

  it('fused with bias and activation equals that of the CPU backend', () =>
    fc.assert(
      fc.asyncProperty(product, ({m, k, n, transposeA, transposeB, seed}) =>
        expectSameOnBoth(() => {
          const a = numbers(transposeA ? [k, m] : [m, k], seed) as tf.Tensor2D;
          const b = numbers(transposeB ? [n, k] : [k, n], seed + 1) as tf.Tensor2D;
          const bias = numbers([n], seed + 2);
          return tf.fused.matMul({a, b, transposeA, transposeB, bias, activation: 'relu'});
        }),
      ),
      runs,
    ));

  it('is right for the same data in different shapes', () =>
    expectSameOnBoth(() => {
      const b = numbers([4, 6], 1);
      const reshaped = b.reshape([6, 4]);
      const products = [
        numbers([1, 4], 2).matMul(b),
        numbers([5, 4], 3).matMul(b),
        numbers([1, 4], 4).matMul(reshaped, false, true),
        numbers([5, 6], 5).matMul(reshaped),
        numbers([5, 4], 3).matMul(b),
      ];
      return tf.concat(products.map((product) => product.flatten()));
    }));

  it('with an inner dimension of 0 is zero', () =>
    expectSameOnBoth(() => tf.matMul(tf.zeros([0, 2]), tf.zeros([0, 3]), true), 0));

  it('throws for integers, like the stock kernel', async () => {
    await tf.setBackend('wasm');
    const integers = tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32');
    expect(() => tf.matMul(integers, integers, true)).toThrow('not yet supported');
    integers.dispose();
  });
});

describe('gather', () => {
  const gathering = fc
    .record({
      shape: fc.array(fc.integer({min: 1, max: 5}), {minLength: 1, maxLength: 4}),
      axis: fc.nat(3),
      indices: fc.array(fc.nat(100), {minLength: 1, maxLength: 6}),
      dtype: fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const),
      seed,
    })
    .filter(({shape, axis}) => axis < shape.length);

  it('gathers the slices of the CPU backend along any axis, of any type', () =>
    fc.assert(
      fc.asyncProperty(gathering, ({shape, axis, indices, dtype, seed}) =>
        expectSameOnBoth(() => {
          const x = numbers(shape, seed).mul(9).round();
          const inRange = indices.map((index) => index % shape[axis]);
          return tf.gather(
            dtype === 'bool' ? x.greater(0) : x.cast(dtype),
            tf.tensor1d(inRange, 'int32'),
            axis,
          );
        }, 0),
      ),
      runs,
    ));

  it('supports indices of any rank, batch dimensions and negative axes', async () => {
    const x = () => numbers([3, 4, 2], 1);
    await expectSameOnBoth(
      () =>
        tf.gather(
          x(),
          tf.tensor2d(
            [
              [2, 0],
              [1, 1],
            ],
            [2, 2],
            'int32',
          ),
        ),
      0,
    );
    await expectSameOnBoth(() => tf.gather(x(), tf.tensor1d([2, 0], 'int32'), -3), 0);
    await expectSameOnBoth(
      () =>
        tf.gather(
          x(),
          tf.tensor2d(
            [
              [0, 3],
              [1, 1],
              [2, 0],
            ],
            [3, 2],
            'int32',
          ),
          1,
          1,
        ),
      0,
    );
    await expectSameOnBoth(() => tf.gather(tf.tensor1d([5, 6, 7]), tf.scalar(1, 'int32')), 0);
  });

  it('throws for indices out of range, like the stock kernel', async () => {
    await tf.setBackend('wasm');
    const x = tf.ones([3, 2]);
    for (const index of [3, -1]) {
      const indices = tf.tensor1d([0, index], 'int32');
      expect(() => tf.gather(x, indices)).toThrow(`the index value ${index} is not in [0, 2]`);
      indices.dispose();
    }
    x.dispose();
  });

  it('passes strings to the stock kernel', async () => {
    await tf.setBackend('wasm');
    const restore = enableTraining();
    restore();
    const original = tf.getKernel('GatherV2', 'wasm');
    const spy = jest.fn(({inputs}) => ({...inputs.x, shape: [2]}));
    replace({...original, kernelFunc: spy});
    const undo = enableTraining();
    const x = tf.tensor1d(['a', 'b']);
    const indices = tf.tensor1d([1, 0], 'int32');
    tf.getKernel('GatherV2', 'wasm').kernelFunc({
      inputs: {x, indices},
      backend: tf.backend(),
      attrs: {axis: 0},
    });
    expect(spy).toHaveBeenCalledTimes(1);
    undo();
    replace(original);
    enableTraining();
    tf.dispose([x, indices]);
  });

  it('gathers rows for which the heap must grow', async () => {
    await restartWasm();
    const rows = 40000;
    const last = await on('wasm', () => {
      const x = tf.range(0, 600, 1, 'float32').reshape([3, 200]);
      const indices = tf.fill([rows], 2, 'int32') as tf.Tensor1D;
      return tf.gather(x, indices).slice(rows - 1);
    });
    expect(last.values).toEqual(Array.from({length: 200}, (_, i) => 400 + i));
  });
});

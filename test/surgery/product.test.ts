import * as tf from '@tensorflow/tfjs';
import {computer} from '../../src/surgery/sparsify/compute';
import {convolutionOf, depthwiseConvolutionOf} from '../../src/surgery/sparsify/product';
import '../support/cpu';
import {seeded} from '../support/models';
import {numbers, restartWasm} from '../wasm/backends';

beforeAll(restartWasm);
afterAll(() => tf.setBackend('cpu'));

const convolution = (args: object) =>
  tf.layers.conv2d({filters: 8, kernelSize: [2, 5], strides: 3, kernelInitializer: seeded(1), ...args});

const depthwise = (args: object) =>
  tf.layers.depthwiseConv2d({
    kernelSize: [2, 7],
    strides: 4,
    depthMultiplier: 2,
    depthwiseInitializer: seeded(2),
    ...args,
  });

describe.each([
  ['a convolution', convolution, convolutionOf],
  ['a depthwise convolution', depthwise, depthwiseConvolutionOf],
])('%s with strides larger than its window', (_, make, product) => {
  it.each(['linear', 'relu', 'relu6', 'tanh'])(
    'is computed correctly on WASM if it is fused with %s, unlike in tfjs',
    async (activation) => {
      const layer = make({padding: 'same', activation, inputShape: [15, 16, 4]});
      const x = numbers([2, 15, 16, 4], 3);
      layer.apply(x);
      const compute = computer(product(layer)) as (x: tf.Tensor) => tf.Tensor;
      const found = await compute(x).data();
      const stock = await (layer.apply(x) as tf.Tensor).data();
      await tf.setBackend('cpu');
      const expected = await (layer.apply(x) as tf.Tensor).data();
      await tf.setBackend('wasm');
      expect(Math.max(...expected)).toBeGreaterThan(0.5);
      expect(Math.max(...stock.map((value, i) => Math.abs(value - expected[i])))).toBeGreaterThan(0.1);
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 5);
      });
    },
  );
});

it('a convolution with channelsFirst is computed by tfjs', () => {
  const first = convolution({dataFormat: 'channelsFirst', inputShape: [4, 15, 16]});
  first.build([null, 4, 15, 16]);
  expect(computer(convolutionOf(first))).toBeUndefined();
});

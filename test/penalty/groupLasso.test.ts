import * as tf from '@tensorflow/tfjs';
import {block, channel, element, groupLasso, inputChannel, kernel, layer, type Pattern} from 'tfjs-pruning';
import {backends, useBackend} from '../support/backends';
import {differences, gradient} from '../support/differences';
import {weightOfKind} from '../support/kindWeights';
import {expectNoLeakedTensors} from '../support/memory';
import {weightOf} from '../support/weights';

const weight = weightOf([2, 2]);
const values = tf.tensor2d([
  [3, 1],
  [-4, 0],
]);

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it.each<[string, Pattern, number]>([
    ['of channels is √2·(5 + 1)', channel(), Math.SQRT2 * 6],
    ['of inputs is √2·(√10 + 4)', inputChannel(), Math.SQRT2 * (Math.sqrt(10) + 4)],
    ['of the layer is √4·√26', layer(), 2 * Math.sqrt(26)],
    ['of elements is l1', element(), 8],
    ['of kernels of a dense layer is l1', kernel(), 8],
    ['of blocks of three rows is that of channels', block(3, 1), Math.SQRT2 * 6],
  ])('groupLasso %s', (_, pattern, expected) => {
    expect(groupLasso(pattern)(values, weight).dataSync()[0]).toBeCloseTo(expected, 5);
  });

  it('its gradient is √|g|·w / ‖w_g‖, and 0 for a group that is 0', () => {
    const penalty = (value: tf.Tensor) => groupLasso(channel())(value, weight);
    const found = gradient(penalty, [3, 0, -4, 0], [2, 2]);
    [0.6, 0, -0.8, 0].forEach((slope, i) => {
      expect(found[i]).toBeCloseTo(Math.SQRT2 * slope, 5);
    });
  });

  it('leaks no tensors', async () => {
    const penalty = groupLasso(channel());
    await expectNoLeakedTensors(() =>
      tf.tidy(() => {
        tf.grad((value) => penalty(value, weight))(values);
        penalty.proximal(values, 0.1, weight);
      }),
    );
  });
});

it.each<[string, string, number[], Pattern]>([
  ['Conv2D', 'kernel', [2, 2, 2, 3], channel()],
  ['Conv2DTranspose', 'kernel', [1, 2, 2, 3], channel()],
  ['LSTMCell', 'kernel', [2, 8], channel()],
  ['DepthwiseConv2D', 'depthwiseKernel', [2, 2, 2, 2], channel()],
  ['Dense', 'kernel', [3, 5], block(2, 2)],
])('the gradient for a kernel of %s is that of differences', (kind, field, shape, pattern) => {
  const given = weightOfKind(kind, field, shape);
  const penalty = (value: tf.Tensor) => groupLasso(pattern)(value, given);
  const some = Array.from({length: given.value.size}, (_, i) => Math.sin(3 * i + 1));
  const expected = differences(penalty, some, 1 / 128, shape);
  gradient(penalty, some, shape).forEach((slope, i) => {
    expect(slope).toBeCloseTo(expected[i], 2);
  });
});

it('its proximal step reduces the norm of each group by step·√|g|, at most to exactly 0', () => {
  const moved = [...groupLasso(channel()).proximal(values, 0.75, weight).dataSync()];
  // Of 5 and 1 each loses 0.75·√2, which is more than 1.
  const left = 1 - (0.75 * Math.SQRT2) / 5;
  [3 * left, 0, -4 * left, 0].forEach((value, i) => {
    expect(moved[i]).toBeCloseTo(value, 5);
  });
  expect(moved[1] + 0).toBe(0);
});

it('groupLasso() rejects values that are not patterns', () => {
  expect(() => groupLasso({} as Pattern)).toThrow(
    'groupLasso: pattern must be a function that numbers the units of a weight, as channel(), got an object',
  );
  const wrong = () => ({units: 3});
  expect(() => groupLasso(wrong)(values, weight)).toThrow(
    'groupLasso: weight "layer/kernel" of shape [2,2] has 4 elements, and the pattern gave 3 units',
  );
});

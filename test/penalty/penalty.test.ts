import * as tf from '@tensorflow/tfjs';
import {elastic, l1, l2, lp, weightEntropyLoss} from 'tfjs-pruning';
import {differences} from '../support/differences';
import {expectNoLeakedTensors} from '../support/memory';

const weight = [
  [1, -2, 0.5],
  [0, 3, -0.25],
];

type Penalty = (value: tf.Tensor) => tf.Scalar;

const penalties: [name: string, penalty: Penalty, value: number][] = [
  ['l1() is Σ|w|', l1(), 6.75],
  ['l2() is Σw²', l2(), 14.3125],
  ['elastic() is half of each', elastic(), (6.75 + 14.3125) / 2],
  ['elastic({ratio}) is ratio·Σ|w| + (1 − ratio)·Σw²', elastic({ratio: 0.25}), 0.25 * 6.75 + 0.75 * 14.3125],
  ['elastic({ratio: 1}) is l1', elastic({ratio: 1}), 6.75],
  ['elastic({ratio: 0}) is l2', elastic({ratio: 0}), 14.3125],
  ['lp() is Σ|w| + 0.01·Σw²', lp(), 6.75 + 0.143125],
  [
    'lp({p, lambda}) is Σ|w| + lambda·Σ|w|^p',
    lp({p: 3, lambda: 2}),
    6.75 + 2 * (1 + 8 + 0.125 + 27 + 0.015625),
  ],
  [
    'lp({p: 0.5}) is a penalty too',
    lp({p: 0.5, lambda: 1}),
    6.75 + 1 + Math.SQRT2 + Math.SQRT1_2 + Math.sqrt(3) + 0.5,
  ],
  // The shares are |w| / 6.75: 0.148, 0.296, 0.074, 0.444 and 0.037.
  ['weightEntropyLoss() is −Σ p·ln p', weightEntropyLoss(), 1.3185819],
  ['weightEntropyLoss() to maximize is Σ p·ln p', weightEntropyLoss({direction: 'maximize'}), -1.3185819],
];

it.each(penalties)('%s', (_, penalty, value) => {
  const cost = penalty(tf.tensor2d(weight));
  expect(cost.shape).toEqual([]);
  expect(cost.dataSync()[0]).toBeCloseTo(value, 5);
});

it.each(penalties)('%s, and so is its gradient', (_, penalty) => {
  const values = [1, -2, 0.5, 0, 3, -0.25, 0];
  // Around 0 central differences give 0 for |w| too.
  const expected = differences(penalty, values, 1 / 64);
  const gradient = [
    ...tf
      .grad((w) => penalty(w))(tf.tensor1d(values))
      .dataSync(),
  ];
  gradient.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 3);
  });
});

it('l1() does not move a weight that is 0', () => {
  const gradient = tf.grad((w) => l1()(w))(tf.tensor1d([0, -0, 2, -2]));
  expect([...gradient.dataSync()].map((value) => value + 0)).toEqual([0, 0, 1, -1]);
});

it('the gradient of l1() is multiplied by the incoming gradient', () => {
  const gradient = tf.grad((w) => tf.mul(3, l1()(w)))(tf.tensor1d([2, -2]));
  expect([...gradient.dataSync()]).toEqual([3, -3]);
});

it.each([-0.1, 1.1, Number.NaN])('elastic() rejects the ratio %p', (ratio) => {
  expect(() => elastic({ratio})).toThrow(`elastic: ratio must be in [0, 1], the share of l1, got ${ratio}`);
});

it('elastic() rejects a misspelt option', () => {
  expect(() => elastic({share: 0.5} as never)).toThrow('elastic: unknown option "share"');
});

it('penalties leak no tensors', async () => {
  const value = tf.tensor2d(weight);
  await expectNoLeakedTensors(() => {
    tf.tidy(() => {
      for (const [, penalty] of penalties) {
        tf.grad((w) => penalty(w))(value);
      }
    });
  });
});

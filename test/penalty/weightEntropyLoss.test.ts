import * as tf from '@tensorflow/tfjs';
import {weightEntropyLoss} from 'tfjs-pruning';
import {differences, gradient} from '../support/differences';

const costOf = (values: number[]) => weightEntropyLoss()(tf.tensor1d(values)).dataSync()[0];

it.each([
  ['n equal magnitudes have ln n', [1, -1, 1, -1], Math.log(4)],
  ['a single one has 0', [0, -3, 0], 0],
  ['½, ¼ and ¼ have 1.5·ln 2', [2, 1, 0, -1], 1.5 * Math.LN2],
  ['nothing at all has 0', [0, 0], 0],
])('weightEntropyLoss() of a weight, %s', (_, values, expected) => {
  expect(costOf(values)).toBeCloseTo(expected, 6);
});

it.each(['minimize', 'maximize'] as const)('its gradient to %s is that of differences', (direction) => {
  const values = [1, -2, 0.5, 3, -0.25, 0.125];
  const penalty = weightEntropyLoss({direction});
  const expected = differences(penalty, values, 1 / 128);
  gradient(penalty, values).forEach((slope, i) => {
    expect(slope).toBeCloseTo(expected[i], 3);
  });
});

it('its gradient is finite at 0, where it is 0, and next to it', () => {
  const slopes = gradient(weightEntropyLoss(), [0, 1, -1e-38, 1e-30]);
  expect(slopes[0]).toBe(0);
  expect(slopes.every(Number.isFinite)).toBe(true);
  expect(gradient(weightEntropyLoss(), [0, 0, 0])).toEqual([0, 0, 0]);
});

/** What gradient descent on the entropy alone makes of magnitudes. */
function descended(direction: 'minimize' | 'maximize' | undefined): number[] {
  const weight = tf.variable(tf.tensor1d([1, -0.8, 0.6, -0.4, 0.2]));
  const optimizer = tf.train.sgd(0.05);
  for (let step = 0; step < 200; step++) {
    optimizer.minimize(() => weightEntropyLoss({direction})(weight), false, [weight]);
  }
  return [...tf.abs(weight).dataSync()];
}
const nearZero = (magnitudes: number[]) => magnitudes.filter((w) => w < 0.1 * Math.max(...magnitudes)).length;
const spreadOf = (magnitudes: number[]) => Math.max(...magnitudes) - Math.min(...magnitudes);

it('weightEntropyLoss() concentrates magnitudes by default, and evens them out when maximized', () => {
  expect(descended(undefined)).toEqual(descended('minimize'));
  expect(nearZero(descended('minimize'))).toBeGreaterThanOrEqual(3);
  expect(nearZero(descended('maximize'))).toBe(0);
  expect(spreadOf(descended('maximize'))).toBeLessThan(0.2);
  expect(spreadOf(descended('minimize'))).toBeGreaterThan(0.8);
});

it.each([
  [{direction: 'down'}, "weightEntropyLoss: direction must be 'minimize' or 'maximize', got \"down\""],
  [{way: 'minimize'}, 'weightEntropyLoss: unknown option "way"; there are direction'],
])('weightEntropyLoss() rejects %j', (options, message) => {
  expect(() => weightEntropyLoss(options as never)).toThrow(message);
});

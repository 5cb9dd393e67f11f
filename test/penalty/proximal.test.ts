import * as tf from '@tensorflow/tfjs';
import {elastic, l1, l2} from 'tfjs-pruning';

const values = [2, -1, 0.5, -0.5, 0.25, 0];

it.each([
  ['l1() thresholds softly', l1(), [1.5, -0.5, 0, 0, 0, 0]],
  ['l2() shrinks', l2(), [1, -0.5, 0.25, -0.25, 0.125, 0]],
  ['elastic() does both', elastic(), [1.75 / 1.5, -0.75 / 1.5, 0.25 / 1.5, -0.25 / 1.5, 0, 0]],
])('the proximal step of %s', (_, penalty, expected) => {
  const moved = [...penalty.proximal(tf.tensor1d(values), 0.5).dataSync()];
  moved.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 6);
  });
  // Exact zeros, none of them negative.
  expect(moved.filter((value) => Object.is(value, -0))).toEqual([]);
  expect(moved.map((value) => value === 0)).toEqual(expected.map((value) => value === 0));
});

it.each([
  ['l1()', l1()],
  ['l2()', l2()],
  ['elastic()', elastic({ratio: 0.3})],
])('the proximal step of %s is the least of ½(x − w)² + step·penalty', (_, penalty) => {
  const objective = (x: number, w: number) => (x - w) ** 2 / 2 + 0.4 * penalty(tf.scalar(x)).dataSync()[0];
  for (const w of [1.7, -0.9, 0.3]) {
    const [x] = penalty.proximal(tf.tensor1d([w]), 0.4).dataSync();
    for (const other of [x - 0.05, x + 0.05]) {
      expect(objective(x, w)).toBeLessThan(objective(other, w));
    }
  }
});

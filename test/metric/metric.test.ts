import * as tf from '@tensorflow/tfjs';
import {accuracy, f1, type Metric, precision, recall} from 'tfjs-pruning/metrics';
import '../support/cpu';

// Of class 0 three are right and one is taken for 2; of class 1 one is right and one taken for 0; of 2 two are right.
const three = {classes: 3, counts: Float64Array.of(3, 0, 1, 1, 1, 0, 0, 0, 2)};
// Eight of class 1 found, two missed, none taken wrongly; no more than that of class 0.
const two = {classes: 2, counts: Float64Array.of(0, 0, 2, 8)};

it.each<[string, Metric, number, number]>([
  ['accuracy()', accuracy(), 6 / 8, 8 / 10],
  ['precision()', precision(), (3 / 4 + 1 + 2 / 3) / 3, 1],
  ['recall()', recall(), (3 / 4 + 1 / 2 + 1) / 3, 8 / 10],
  ['f1()', f1(), (6 / 8 + 2 / 3 + 4 / 5) / 3, 16 / 18],
  ["f1({average: 'macro'})", f1({average: 'macro'}), (6 / 8 + 2 / 3 + 4 / 5) / 3, 8 / 18],
  [
    "f1({average: 'weighted'})",
    f1({average: 'weighted'}),
    (4 * (6 / 8) + 2 * (2 / 3) + 2 * (4 / 5)) / 8,
    16 / 18,
  ],
  ["f1({average: 'micro'})", f1({average: 'micro'}), 6 / 8, 8 / 10],
  ["f1({average: 'binary'})", f1({average: 'binary'}), 2 / 3, 16 / 18],
])('%s equals the hand-computed value', (_, metric, ofThree, ofTwo) => {
  expect(metric(three)).toBeCloseTo(ofThree, 10);
  expect(metric(two)).toBeCloseTo(ofTwo, 10);
});

it('the macro average leaves out classes that do not occur', () => {
  expect(f1({average: 'macro'})({classes: 3, counts: Float64Array.of(2, 0, 0, 0, 2, 0, 0, 0, 0)})).toBe(1);
});

it.each([
  [
    () => f1({average: 'mean'} as never),
    `f1: average must be 'binary', 'macro', 'weighted' or 'micro', got "mean"`,
  ],
  [() => recall({of: 1} as never), 'recall: unknown option "of"'],
])('%p is rejected', (make, message) => {
  expect(make).toThrow(message);
  expect(tf.memory().numTensors).toBe(0);
});

import * as tf from '@tensorflow/tfjs';
import {activationEntropyLoss, activationKlLoss, activationL1Loss} from 'tfjs-pruning';
import {backends, useBackend} from '../support/backends';
import {differences, gradient} from '../support/differences';

type Loss = (output: tf.Tensor) => tf.Scalar;

// Two examples of two steps with two units, with means of |a| of 0.25 and 0.5, of a of 0.25 and 0.25.
const output = () =>
  tf.tensor3d([
    [
      [0.5, 1],
      [0.25, -0.5],
    ],
    [
      [0.25, 0.25],
      [0, 0.25],
    ],
  ]);
const kl = (rho: number, mean: number) =>
  rho * Math.log(rho / mean) + (1 - rho) * Math.log((1 - rho) / (1 - mean));
const entropy = -(Math.log(1 / 3) / 3 + (2 * Math.log(2 / 3)) / 3);

const losses: [name: string, loss: Loss, value: number][] = [
  ['activationL1Loss() is the sum of mean|a| of each unit', activationL1Loss(), 0.75],
  [
    'activationKlLoss(rho) is the divergence of each mean from rho',
    activationKlLoss({rho: 0.1}),
    2 * kl(0.1, 0.25),
  ],
  ['activationKlLoss() has a rho of 0.05', activationKlLoss(), 2 * kl(0.05, 0.25)],
  ['activationEntropyLoss() is −Σ p·ln p', activationEntropyLoss(), entropy],
  [
    'activationEntropyLoss() to maximize is Σ p·ln p',
    activationEntropyLoss({direction: 'maximize'}),
    -entropy,
  ],
];

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it.each(losses)('%s', (_, loss, value) => {
    const cost = loss(output());
    expect(cost.shape).toEqual([]);
    expect(cost.dataSync()[0]).toBeCloseTo(value, 5);
  });

  it.each(losses)('%s, and so is its gradient', (_, loss) => {
    const values = [0.5, 0.7, 0.25, -0.5, 0.25, 0.25, 0.125, 0.25];
    const expected = differences(loss, values, 1 / 128, [2, 2, 2]);
    gradient(loss, values, [2, 2, 2]).forEach((slope, i) => {
      expect(slope).toBeCloseTo(expected[i], 3);
    });
  });
});

it.each(losses)('%s, with a finite gradient at outputs of 0', (_, loss) => {
  expect(gradient(loss, [0, 0, 0, 0], [2, 2]).every(Number.isFinite)).toBe(true);
  expect(gradient(loss, [0, 1, 0, 1], [2, 2]).every(Number.isFinite)).toBe(true);
});

it('activationKlLoss() is 0 if every mean is rho, and moves means towards it from both sides', () => {
  expect(activationKlLoss({rho: 0.25})(tf.tensor2d([[0.25, 0.25]])).dataSync()[0]).toBeCloseTo(0, 6);
  const [above, below] = gradient(activationKlLoss({rho: 0.25}), [0.5, 0.125], [1, 2]);
  expect(above).toBeGreaterThan(0);
  expect(below).toBeLessThan(0);
});

it.each([0, 1, -0.1, Number.NaN, '0.1'])('activationKlLoss() rejects rho %p', (rho) => {
  expect(() => activationKlLoss({rho: rho as number})).toThrow(
    'activationKlLoss: rho must be in (0, 1), got',
  );
});

it('activationEntropyLoss() rejects another direction', () => {
  expect(() => activationEntropyLoss({direction: 'up' as never})).toThrow(
    "activationEntropyLoss: direction must be 'minimize' or 'maximize', got \"up\"",
  );
});

import * as tf from '@tensorflow/tfjs';
import {softened, softLoss} from '../src/distillation/softened';
import type {Output} from '../src/model/task';
import './support/cpu';
import {differences, gradient} from './support/differences';

const exp = Math.exp;
const ln = Math.log;

/** Softmax of numbers divided by a temperature. */
function soft(logits: number[], temperature: number): number[] {
  const powers = logits.map((logit) => exp(logit / temperature));
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map((power) => power / total);
}
const sigmoid = (logit: number) => 1 / (1 + exp(-logit));

const teacher = [2, 0, -1];
const student = [0.5, 1, -2];
const crossed = (temperature: number) => {
  const [q, p] = [soft(teacher, temperature), soft(student, temperature)];
  return -(temperature ** 2) * q.reduce((sum, share, i) => sum + share * ln(p[i]), 0);
};
const labelled = (temperature: number) => {
  const [q, p] = [teacher, student].map((logits) => logits.map((logit) => sigmoid(logit / temperature)));
  const costs = q.map((share, i) => -share * ln(p[i]) - (1 - share) * ln(1 - p[i]));
  return (temperature ** 2 * costs.reduce((sum, cost) => sum + cost)) / 3;
};
const probabilities = {
  classes: (logits: number[]) => soft(logits, 1),
  labels: (logits: number[]) => logits.map(sigmoid),
  values: (logits: number[]) => logits,
};

const outputs = (['classes', 'labels', 'values'] as const).flatMap((task) =>
  [false, true].map((isProbability): Output => ({task, isProbability})),
);
const given = (logits: number[], {task, isProbability}: Output) =>
  isProbability ? probabilities[task](logits) : logits;

describe.each([1, 4, 20])('at temperature %d', (temperature) => {
  const expected = {
    classes: crossed(temperature),
    labels: labelled(temperature),
    // 1.5² + 1 + 1, whatever the temperature.
    values: (2.25 + 1 + 1) / 3,
  };

  it.each(outputs)('the loss of $task from probabilities: $isProbability equals the formula', (output) => {
    // A teacher may return logits where the student returns probabilities, and the other way round.
    for (const isProbability of [true, false]) {
      const other = {...output, isProbability};
      const taught = softened(tf.tensor2d([given(teacher, other)]), other, temperature);
      const loss = softLoss(taught, tf.tensor2d([given(student, output)]), output, temperature);
      expect(loss.dataSync()[0]).toBeCloseTo(expected[output.task], 4);
    }
  });

  it.each(outputs)(
    'the gradient of $task from probabilities: $isProbability equals the difference quotient',
    (output) => {
      const taught = softened(tf.tensor2d([given(teacher, output)]), output, temperature);
      const cost = (value: tf.Tensor) => softLoss(taught, value as tf.Tensor2D, output, temperature);
      const at = given(student, output);
      const step = output.isProbability ? 2e-3 : 5e-2;
      const [found, quotients] = [gradient(cost, at, [1, 3]), differences(cost, at, step, [1, 3])];
      for (const [i, slope] of found.entries()) expect(slope / quotients[i]).toBeCloseTo(1, 1);
    },
  );
});

it('the loss is the mean over examples and positions', () => {
  const output = {task: 'classes', isProbability: false} as const;
  const image = (logits: number[]) => tf.tensor4d([...logits, ...logits, ...logits, ...logits], [2, 2, 1, 3]);
  const loss = softLoss(softened(image(teacher), output, 2), image(student), output, 2);
  expect(loss.dataSync()[0]).toBeCloseTo(crossed(2), 4);
});

it.each([
  ['classes', [1, 0, 1e-20]],
  ['labels', [1, 0, 1e-20]],
] as const)('probabilities of 0 and 1 of %s give finite losses and gradients', (task, certain) => {
  const output = {task, isProbability: true};
  const taught = softened(tf.tensor2d([[0, 1, 0]]), output, 4);
  const cost = (value: tf.Tensor) => softLoss(taught, value, output, 4);
  expect(cost(tf.tensor2d([[...certain]])).dataSync()[0]).toBeGreaterThan(0);
  expect(gradient(cost, [...certain], [1, 3]).every(Number.isFinite)).toBe(true);
});

it('unlikely classes keep their order in probabilities, at a high temperature', () => {
  const [likely, rare] = [soft([30, 5, 0], 1), soft([30, 0, 5], 1)];
  const output = {task: 'classes', isProbability: true} as const;
  const [a, b] = [likely, rare].map((given) => [...softened(tf.tensor2d([given]), output, 10).dataSync()]);
  expect(a).toEqual(soft([30, 5, 0], 10).map((share) => expect.closeTo(share, 5)));
  expect(b).toEqual([a[0], a[2], a[1]].map((share) => expect.closeTo(share, 5)));
});

import * as tf from '@tensorflow/tfjs';
import {channel, prune} from 'tfjs-pruning';
import {expectNoLeakedTensors} from '../support/memory';
import {kernelsOf, masksOf, oneDense} from '../support/models';
import {expectRefusal} from '../support/state';

const kernel = [
  [1, -2],
  [3, -4],
];

it('a custom importance is a function of the weight', async () => {
  const model = oneDense(kernel);
  const seen: unknown[] = [];
  await prune(model, 0.5, {
    importance: (weight) => {
      seen.push([weight.name, weight.layer, weight.index, weight.axes, weight.gates]);
      return tf.neg(weight.value);
    },
  });
  expect(seen).toEqual([['only/kernel', 'only', 0, {output: 1, input: 0}, 1]]);
  expect(masksOf(model)).toEqual([[0, 1, 0, 1]]);
});

it('an importance may return the weight itself, which is not disposed', async () => {
  const model = oneDense(kernel);
  await prune(model, 0.5, {importance: ({value}) => value});
  expect(masksOf(model)).toEqual([[1, 0, 1, 0]]);
  expect(kernelsOf(model)[0].filter(Boolean)).toEqual([1, 3]);
});

it('an importance may return scores of any dtype', async () => {
  const model = oneDense(kernel);
  await prune(model, 0.5, {importance: ({value}) => value.toInt()});
  expect(masksOf(model)).toEqual([[1, 0, 1, 0]]);
  const another = oneDense(kernel);
  await prune(another, 0.5, {importance: ({value}) => tf.greater(value, 0)});
  expect(masksOf(another)).toEqual([[1, 0, 1, 0]]);
});

describe('a score that is not finite', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'is an error that names the weight: %p',
    async (bad) => {
      const model = oneDense(kernel);
      await expectRefusal(
        model,
        () => prune(model, 0.5, {importance: () => tf.tensor2d([1, 2, bad, 3], [2, 2])}),
        `prune: weight "only/kernel" has score ${bad} at element 2`,
      );
    },
  );

  it('is reported for a weight that diverged', async () => {
    const model = oneDense([
      [1, Number.NaN],
      [3, -4],
    ]);
    await expectRefusal(model, () => prune(model, 0.5), 'weight "only/kernel" has score NaN at element 1');
  });

  it('does not matter if the element is already masked', async () => {
    const model = oneDense([
      [0.1, 2],
      [3, 4],
    ]);
    await prune(model, 0.25);
    await prune(model, 0.5, {importance: ({value}) => tf.div(tf.square(value), tf.abs(value))});
    expect(masksOf(model)).toEqual([[0, 0, 1, 1]]);
  });

  it('does not affect its unit if the element is already masked', async () => {
    const model = oneDense([
      [0.1, 9, 0.2],
      [7, 0.3, 8],
    ]);
    await prune(model, 0.5);
    // 0/0 at the masked elements, |w| at the others.
    const scores = tf.tensor2d([Number.NaN, 9, Number.NaN, 7, Number.NaN, 8], [2, 3]);
    await prune(model, 0.3, {pattern: channel(), where: ['only'], importance: () => scores});
    expect(masksOf(model)).toEqual([[0, 1, 0, 0, 0, 1]]);
  });
});

it.each([
  ['a number', () => 3, 'got 3'],
  ['nothing', () => undefined, 'got undefined'],
  ['an array', () => [1, 2], 'got an array of 2'],
])('an importance that returns %s is an error', async (_, importance, got) => {
  const model = oneDense(kernel);
  await expectRefusal(
    model,
    () => prune(model, 0.5, {importance: importance as never}),
    `prune: importance must return a tensor, ${got}; a factory is to be called`,
  );
});

it('scores of another shape are an error that names the weight', async () => {
  const model = oneDense(kernel);
  await expectRefusal(
    model,
    () => prune(model, 0.5, {importance: ({value}) => tf.sum(value, 0)}),
    'prune: importance gave scores of shape [2] to weight "only/kernel" of shape [2,2]',
  );
});

it('scoring leaks no tensors, also when it fails', async () => {
  const model = oneDense(kernel);
  await expectNoLeakedTensors(async () => {
    await prune(model, 0.5, {importance: ({value}) => tf.abs(tf.mul(value, 2))});
    await expect(prune(model, 0.5, {importance: ({value}) => tf.log(value)})).rejects.toThrow('score');
    await expect(prune(model, 0.5, {importance: ({value}) => tf.sum(value)})).rejects.toThrow('shape');
  });
});

import * as tf from '@tensorflow/tfjs';
import {channel, magnitude, prune} from 'tfjs-pruning';
import {expectNoLeakedTensors} from '../support/memory';
import {masksOf, oneDense} from '../support/models';
import {weightOf} from '../support/weights';

it('magnitude() scores by |w|', () => {
  const scores = magnitude()(weightOf(tf.tensor2d([[-3, 0.5, 0]])));
  expect([...scores.dataSync()]).toEqual([3, 0.5, 0]);
});

it('magnitude({p}) scores by |w|^p', () => {
  const scores = magnitude({p: 2})(weightOf(tf.tensor2d([[-3, 0.5, 0]])));
  expect([...scores.dataSync()]).toEqual([9, 0.25, 0]);
});

it('magnitude() prunes the element closest to 0 first', async () => {
  const model = oneDense([
    [0.3, -0.1],
    [-0.4, 0.2],
  ]);
  await prune(model, 0.25);
  expect(masksOf(model)).toEqual([[1, 0, 1, 1]]);
  await prune(model, 0.5);
  expect(masksOf(model)).toEqual([[1, 0, 1, 0]]);
});

it('magnitude({p}) ranks single elements alike for any p', async () => {
  const kernel = [
    [0.3, -0.1, 0.5],
    [-0.4, 0.2, -2],
  ];
  const [one, two] = [oneDense(kernel), oneDense(kernel)];
  await prune(one, 0.5, {importance: magnitude({p: 1})});
  await prune(two, 0.5, {importance: magnitude({p: 2})});
  expect(masksOf(one)).toEqual(masksOf(two));
});

it('magnitude() prunes the unit with the smallest mean of |w|^p first', async () => {
  // Means of |w| are 1.5 and 2, of w² 4.5 and 4.
  const kernel = [
    [3, 2],
    [0, -2],
  ];
  const [byMean, byEnergy] = [oneDense(kernel), oneDense(kernel)];
  const recipe = {pattern: channel(), where: ['only']};
  await prune(byMean, 0.5, {...recipe, importance: magnitude()});
  await prune(byEnergy, 0.5, {...recipe, importance: magnitude({p: 2})});
  expect(masksOf(byMean)).toEqual([[0, 1, 0, 1]]);
  expect(masksOf(byEnergy)).toEqual([[1, 0, 1, 0]]);
});

it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('magnitude() rejects p %p', (p) => {
  expect(() => magnitude({p})).toThrow(`magnitude: p must be a positive number, got ${p}`);
});

it('magnitude() rejects a misspelt option', () => {
  expect(() => magnitude({power: 2} as never)).toThrow('magnitude: unknown option "power"');
});

it('magnitude() leaks no tensors', async () => {
  const weight = weightOf([2, 2]);
  await expectNoLeakedTensors(() => {
    tf.tidy(() => {
      magnitude({p: 3})(weight);
    });
  });
});

import * as tf from '@tensorflow/tfjs';
import {channel, magnitude, prune, type ThresholdSpec, threshold} from 'tfjs-pruning';
import {masksOf, oneDense, twoDense} from './support/models';
import {stateOf} from './support/state';
import {candidate} from './support/weights';

async function prunedBy(spec: ThresholdSpec, row: number[]): Promise<number[]> {
  const model = oneDense([row]);
  await prune(model, threshold(spec));
  return masksOf(model)[0];
}

it('threshold keeps what is strictly above τ', async () => {
  expect(await prunedBy(0.5, [0.25, 0.5, 0.75, -0.75, -0.5])).toEqual([0, 0, 1, 1, 0]);
});

it.each([0.1, 0.2, 0.3, 1 / 3, 1e-3])(
  'a score of exactly τ = %d is pruned, after rounding τ to float32',
  async (tau) => {
    expect(await prunedBy(tau, [tau, -tau, tau * 1.001, 1])).toEqual([0, 0, 1, 1]);
  },
);

it('τ may be 0, which prunes the zeros, and less, which prunes nothing', async () => {
  expect(await prunedBy(0, [0, 1e-30, 1])).toEqual([0, 1, 1]);
  expect(await prunedBy(-1, [0, 1e-30, 1])).toEqual([1, 1, 1]);
});

it('τ is about the score, whatever the importance', async () => {
  const model = oneDense([[1, 2, 3]]);
  await prune(model, threshold(3.9), {importance: magnitude({p: 2})});
  expect(masksOf(model)).toEqual([[0, 1, 1]]);
  await prune(model, threshold(-2.5), {importance: ({value}) => tf.neg(value)});
  expect(masksOf(model)).toEqual([[0, 1, 0]]);
});

it('the score of a unit is the mean over its elements', async () => {
  const model = oneDense([
    [1, 4, 2],
    [3, 1, 2],
  ]);
  await prune(model, threshold(2), {pattern: channel(), where: ['only']});
  expect(masksOf(model)).toEqual([[0, 1, 0, 0, 1, 0]]);
});

it('{layer: τ} is for the layers named, and the others stay as they are', async () => {
  const model = twoDense([[0, 2, 3]], [[1], [2], [3]]);
  await prune(model, threshold({second: 2}));
  expect(masksOf(model)).toEqual([
    [1, 1, 1],
    [0, 0, 1],
  ]);
  await prune(model, threshold({first: 2, second: 0}));
  expect(masksOf(model)).toEqual([
    [0, 0, 1],
    [0, 0, 1],
  ]);
});

it('{layer: τ} leaves no note on a layer that is not named', async () => {
  const model = twoDense([[1, 2, 3]], [[1], [2], [3]]);
  await prune(model, 0.3);
  const {weights} = await prune(model, threshold({second: 2}));
  expect(weights.map(({note}) => note)).toEqual([undefined, undefined]);
});

it('{quantile} prunes the share of units at or below it, of each weight', async () => {
  expect(await prunedBy({quantile: 0.4}, [5, -1, 4, 2, 3])).toEqual([1, 0, 1, 0, 1]);
  expect(await prunedBy({quantile: 0}, [5, -1, 4, 2, 3])).toEqual([1, 1, 1, 1, 1]);
  const model = twoDense([[1, 2, 3, 4]], [[10], [20], [30], [40]]);
  await prune(model, threshold({quantile: 0.5}));
  expect(masksOf(model)).toEqual([
    [0, 0, 1, 1],
    [0, 0, 1, 1],
  ]);
});

it('{quantile} is a threshold: all that equal the quantile are pruned', async () => {
  expect(await prunedBy({quantile: 0.25}, [1, 1, 1, 2])).toEqual([0, 0, 0, 1]);
});

it('{std} prunes at so many standard deviations of the scores', async () => {
  // |w| is 2, 4, 4, 4, 5, 5, 7, 9 with mean 5 and standard deviation 2.
  const row = [2, -4, 4, 4, 5, -5, 7, 9];
  expect(await prunedBy({std: 2}, row)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  expect(await prunedBy({std: 2.5}, row)).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
});

it('{std} is about the units that are left', async () => {
  const model = oneDense([[0.001, 10, 12, 14]]);
  await prune(model, 0.25);
  // Of 10, 12 and 14 the standard deviation is 1.63; of all four it is 5.39.
  await prune(model, threshold({std: 7}));
  expect(masksOf(model)).toEqual([[0, 0, 1, 1]]);
});

it('a threshold that would empty a weight keeps its best unit, and the result says so', async () => {
  const model = twoDense([[1, 3, 3, 2]], [[7], [8], [9], [6]]);
  const {weights} = await prune(model, threshold(5));
  expect(masksOf(model)).toEqual([
    [0, 1, 0, 0],
    [1, 1, 1, 1],
  ]);
  expect(weights.map(({kept}) => kept)).toEqual([1, 4]);
  expect(weights[0].note).toMatch(/emptied/);
  expect(weights[1].note).toBeUndefined();
});

it('a threshold never frees', async () => {
  const model = oneDense([[1, 2, 3, 4]]);
  await prune(model, 0.75);
  const before = stateOf(model);
  await prune(model, threshold(0.5), {importance: ({value}) => tf.onesLike(value)});
  expect(stateOf(model)).toEqual(before);
});

it('threshold counts what it keeps of the scores of units', () => {
  const candidates = [candidate([1, 2, 3], 'a'), candidate([4, Number.NEGATIVE_INFINITY], 'b')];
  expect(threshold(1)(candidates)).toEqual([2, 1]);
  expect(threshold({a: 2})(candidates)).toEqual([1, 1]);
});

it.each([
  [Number.NaN, 'NaN'],
  ['0.1', '"0.1"'],
  [undefined, 'undefined'],
  [null, 'null'],
  [{}, 'an object'],
  [{quantile: 1}, 'an object quantile'],
  [{quantile: -0.1}, 'an object quantile'],
  [{std: Number.NaN}, 'an object std'],
  [{conv: '0.1'}, 'an object conv'],
  [{quantile: 0.5, std: 1}, 'an object quantile, std'],
])('threshold refuses %p', (spec, got) => {
  expect(() => threshold(spec as ThresholdSpec)).toThrow(
    `threshold: expected a number, {quantile} in [0, 1), {std} or a number by layer name, got ${got}`,
  );
});

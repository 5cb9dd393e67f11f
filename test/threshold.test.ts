import * as tf from '@tensorflow/tfjs';
import {channel, magnitude, prune, type ThresholdSpec, threshold} from 'tfjs-pruning';
import {masksOf, oneDense, twoDense} from './support/models';
import {stateOf} from './support/state';
import {group} from './support/weights';

async function prunedBy(spec: ThresholdSpec, row: number[]): Promise<number[]> {
  const model = oneDense([row]);
  await prune(model, threshold(spec));
  return masksOf(model)[0];
}

it('threshold() keeps units that score strictly above τ', async () => {
  expect(await prunedBy(0.5, [0.25, 0.5, 0.75, -0.75, -0.5])).toEqual([0, 0, 1, 1, 0]);
});

it.each([0.1, 0.2, 0.3, 1 / 3, 1e-3])(
  'threshold() prunes a score of exactly τ = %d, after rounding τ to float32',
  async (tau) => {
    expect(await prunedBy(tau, [tau, -tau, tau * 1.001, 1])).toEqual([0, 0, 1, 1]);
  },
);

it('threshold(0) prunes zeros, and a negative threshold nothing', async () => {
  expect(await prunedBy(0, [0, 1e-30, 1])).toEqual([0, 1, 1]);
  expect(await prunedBy(-1, [0, 1e-30, 1])).toEqual([1, 1, 1]);
});

it('threshold() compares the scores of any importance', async () => {
  const model = oneDense([[1, 2, 3]]);
  await prune(model, threshold(3.9), {importance: magnitude({p: 2})});
  expect(masksOf(model)).toEqual([[0, 1, 1]]);
  await prune(model, threshold(-2.5), {importance: ({value}) => tf.neg(value)});
  expect(masksOf(model)).toEqual([[0, 1, 0]]);
});

it('threshold() compares the mean score over the elements of a unit', async () => {
  const model = oneDense([
    [1, 4, 2],
    [3, 1, 2],
  ]);
  await prune(model, threshold(2), {pattern: channel(), where: ['only']});
  expect(masksOf(model)).toEqual([[0, 1, 0, 0, 1, 0]]);
});

it('{layer: τ} prunes the named layers, and leaves the others unchanged', async () => {
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

it('{layer: τ} reports nothing about layers that are not named', async () => {
  const model = twoDense([[1, 2, 3]], [[1], [2], [3]]);
  await prune(model, 0.3);
  const {weights} = await prune(model, threshold({second: 2}));
  expect(weights.map(({note}) => note)).toEqual([undefined, undefined]);
});

it('{quantile} prunes the units of each weight at or below the quantile', async () => {
  expect(await prunedBy({quantile: 0.4}, [5, -1, 4, 2, 3])).toEqual([1, 0, 1, 0, 1]);
  expect(await prunedBy({quantile: 0}, [5, -1, 4, 2, 3])).toEqual([1, 1, 1, 1, 1]);
  const model = twoDense([[1, 2, 3, 4]], [[10], [20], [30], [40]]);
  await prune(model, threshold({quantile: 0.5}));
  expect(masksOf(model)).toEqual([
    [0, 0, 1, 1],
    [0, 0, 1, 1],
  ]);
});

it('{quantile} also prunes all units equal to the quantile', async () => {
  expect(await prunedBy({quantile: 0.25}, [1, 1, 1, 2])).toEqual([0, 0, 0, 1]);
});

it('{std} prunes units at or below so many standard deviations of the scores', async () => {
  // |w| is 2, 4, 4, 4, 5, 5, 7, 9 with mean 5 and standard deviation 2.
  const row = [2, -4, 4, 4, 5, -5, 7, 9];
  expect(await prunedBy({std: 2}, row)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  expect(await prunedBy({std: 2.5}, row)).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
});

it('{std} uses the scores of the remaining units', async () => {
  const model = oneDense([[0.001, 10, 12, 14]]);
  await prune(model, 0.25);
  // The standard deviation of 10, 12 and 14 is 1.63, that of all four is 5.39.
  await prune(model, threshold({std: 7}));
  expect(masksOf(model)).toEqual([[0, 0, 1, 1]]);
});

it('a threshold that would empty a weight keeps its best unit, and the result reports it', async () => {
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

it('threshold() never frees units', async () => {
  const model = oneDense([[1, 2, 3, 4]]);
  await prune(model, 0.75);
  const before = stateOf(model);
  await prune(model, threshold(0.5), {importance: ({value}) => tf.onesLike(value)});
  expect(stateOf(model)).toEqual(before);
});

it('threshold() counts the kept scores of units', () => {
  const groups = [group([1, 2, 3], 'a'), group([4, Number.NEGATIVE_INFINITY], 'b')];
  expect(threshold(1)(groups)).toEqual([2, 1]);
  expect(threshold({a: 2})(groups)).toEqual([1, 1]);
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
])('threshold() rejects %p', (spec, got) => {
  expect(() => threshold(spec as ThresholdSpec)).toThrow(
    `threshold: expected a number, {quantile} in [0, 1), {std} or a number by layer name, got ${got}`,
  );
});

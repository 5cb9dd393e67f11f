import {global, prune, threshold} from 'tfjs-pruning';
import {oneDense, twoDense} from './support/models';

it('a result has the requested and the reached sparsity', async () => {
  const model = twoDense(
    [
      [1, 2],
      [3, 4],
    ],
    [[5], [6]],
  );
  const result = await prune(model, 0.5, {where: ['first']});
  expect(result.asked).toBe(0.5);
  expect(result.sparsity).toBeCloseTo(2 / 6, 12);
  expect(result.weights).toMatchObject([{name: 'first/kernel', units: 4, asked: 2, kept: 2}]);
  expect(`${result}`).toBe(`asked 0.5, reached ${result.sparsity}`);
});

it('a result for a threshold has no requested sparsity', async () => {
  const result = await prune(oneDense([[1, 2, 3, 4]]), threshold(1));
  expect(result.asked).toBeUndefined();
  expect(`${result}`).toBe('asked by threshold, reached 0.25');
});

it('a result as text names the weights that missed the target, and why', async () => {
  const model = twoDense([[1, 2]], [[9], [9]]);
  await prune(model, 0.5, {where: ['first']});
  const result = await prune(model, 0);
  expect(result.weights.map(({note}) => note !== undefined)).toEqual([true, false]);
  expect(`${result}`).toBe(
    'asked 0, reached 0.25; first/kernel: only 1 of 2 units were left, so nothing changed',
  );
});

it('a result lists the count that global() gave each weight', async () => {
  const {weights} = await prune(twoDense([[1, 2]], [[9], [9]]), 0.25, {allocation: global()});
  expect(weights).toMatchObject([
    {name: 'first/kernel', units: 2, asked: 1, kept: 1},
    {name: 'second/kernel', units: 2, asked: 2, kept: 2},
  ]);
});

it('a result has the lowest remaining score, the quartiles and the highest', async () => {
  const model = oneDense([[5, 1, 4, 2, 3, 9]]);
  const [before] = (await prune(model, 1 / 6)).weights;
  expect(before.scores).toEqual([1, 2, 4, 5, 9]);
  const [after] = (await prune(model, 1 / 3)).weights;
  expect(after.scores).toEqual([2, 3, 4, 5, 9]);
});

it('a result has the highest pruned score of each weight that lost units', async () => {
  const model = twoDense([[5, 1, 4, 2]], [[9], [8], [7], [6]]);
  const thresholds = async (target: number, where: string[]) =>
    (await prune(model, target, {where})).weights.map(({threshold}) => threshold);
  expect(await thresholds(0.25, ['first'])).toEqual([1]);
  expect(await thresholds(0.5, ['first', 'second'])).toEqual([2, 7]);
  expect(await thresholds(0.5, ['first', 'second'])).toEqual([undefined, undefined]);
});

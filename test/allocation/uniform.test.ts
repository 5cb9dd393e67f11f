import {prune, uniform} from 'tfjs-pruning';
import {masksOf, twoDense} from '../support/models';
import {group} from '../support/weights';

it('uniform() prunes every weight to the same sparsity', () => {
  const groups = [group(new Array(10).fill(1)), group(new Array(7).fill(2)), group([3])];
  expect(uniform()(groups, 0.5)).toEqual([5, 4, 1]);
  expect(uniform()(groups, 0)).toEqual([10, 7, 1]);
});

it('uniform() is the default, and does not compare weights', async () => {
  const kernels = [
    [
      [1, 2],
      [3, 4],
    ],
    [
      [100, 200],
      [300, 400],
    ],
  ] as const;
  const [byDefault, named] = [0, 1].map(() => twoDense(...(kernels as unknown as [number[][], number[][]])));
  await prune(byDefault, 0.5);
  await prune(named, 0.5, {allocation: uniform()});
  expect(masksOf(byDefault)).toEqual([
    [0, 0, 1, 1],
    [0, 0, 1, 1],
  ]);
  expect(masksOf(named)).toEqual(masksOf(byDefault));
});

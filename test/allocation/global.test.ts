import fc from 'fast-check';
import {global, prune} from 'tfjs-pruning';
import {keptUnits} from '../../src/select';
import {masksOf, twoDense} from '../support/models';
import {candidate} from '../support/weights';

/** The counts by sorting: each weight's best first, then the highest of the rest, wherever they are. */
function bySorting(weights: number[][], sparsity: number): number[] {
  const total = weights.reduce((sum, {length}) => sum + length, 0);
  const counts = weights.map(() => 1);
  const rest = weights.flatMap((scores, weight) => {
    const best = scores.indexOf(Math.max(...scores));
    return scores.filter((_, i) => i !== best).map((score) => ({score, weight}));
  });
  rest.sort((a, b) => (a.score === b.score ? 0 : a.score < b.score ? 1 : -1));
  const left = Math.max(0, keptUnits(total, sparsity) - weights.length);
  for (const {weight} of rest.slice(0, left)) {
    counts[weight]++;
  }
  return counts;
}

it('global() lets the lowest scores go, wherever they are', () => {
  const candidates = [candidate([1, 2, 3, 4]), candidate([10, 20, 30, 0.5, 40, 50])];
  expect(global()(candidates, 0.4)).toEqual([1, 5]);
  expect(global()(candidates, 0.1)).toEqual([4, 5]);
});

it('global() sets the best unit of each weight aside first', () => {
  const candidates = [candidate([1, 2]), candidate([10, 20, 30, 40]), candidate([0.1])];
  expect(global()(candidates, 0.5)).toEqual([1, 2, 1]);
  expect(global()(candidates, 0.99)).toEqual([1, 1, 1]);
});

it('global() breaks ties by the order of the weights', () => {
  const candidates = [candidate([1, 1, 1]), candidate([1, 1, 1])];
  expect(global()(candidates, 0.5)).toEqual([2, 1]);
});

it('global() shares out exactly the count asked for, as sorting everything does', () => {
  const score = fc.oneof(
    fc.float({noNaN: true, noDefaultInfinity: true}),
    fc.constantFrom(0, -0, 1, 2, -1),
    fc.constant(Number.NEGATIVE_INFINITY),
  );
  const weights = fc.array(fc.array(score, {minLength: 1, maxLength: 12}), {minLength: 1, maxLength: 5});
  fc.assert(
    fc.property(weights, fc.integer({min: 0, max: 99}), (given, percent) => {
      const counts = global()(
        given.map((scores) => candidate(scores)),
        percent / 100,
      );
      expect(counts).toEqual(bySorting(given, percent / 100));
      const total = given.flat().length;
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(
        Math.max(given.length, keptUnits(total, percent / 100)),
      );
    }),
    {seed: 1, numRuns: 300},
  );
});

it('global() leaves the scores as they were', () => {
  const given = candidate([1, 3, 2]);
  global()([given], 0.5);
  expect([...given.scores]).toEqual([1, 3, 2]);
});

it('prune with global() reaches the sparsity over all weights together', async () => {
  const model = twoDense(
    [
      [0.1, 0.2],
      [0.3, 0.4],
    ],
    [[1], [2]],
  );
  const {sparsity, weights} = await prune(model, 0.5, {allocation: global()});
  expect(sparsity).toBe(0.5);
  expect(weights.map(({kept}) => kept)).toEqual([1, 2]);
  expect(masksOf(model)).toEqual([
    [0, 0, 0, 1],
    [1, 1],
  ]);
});

import fc from 'fast-check';
import {erdosRenyi, global, perWeight, prune, uniform, within} from 'tfjs-pruning';
import {keptUnits} from '../../src/select/select';
import {twoDense} from '../support/models';
import {group} from '../support/weights';

const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0);
const range = (from: number) => Array.from({length: 10}, (_, i) => from + i);

it('within() changes nothing if the bounds hold', () => {
  const groups = [group(range(0)), group(range(5))];
  expect(global()(groups, 0.5)).toEqual([3, 7]);
  expect(within(global(), {min: 0.3, max: 0.7})(groups, 0.5)).toEqual([3, 7]);
});

it('within() prunes the others more when a weight reaches its maximum', () => {
  const groups = [group(range(0)), group(range(100)), group(range(105))];
  expect(global()(groups, 0.5)).toEqual([1, 5, 9]);
  // Three of the first remain; the other twelve are allocated as before.
  expect(within(global(), {max: 0.7})(groups, 0.5)).toEqual([3, 4, 8]);
});

it('within() keeps more of the others when a weight reaches its minimum', () => {
  const groups = [group(range(0)), group(range(100)), group(range(200))];
  expect(global()(groups, 0.4)).toEqual([1, 7, 10]);
  expect(within(global(), {min: 0.2})(groups, 0.4)).toEqual([2, 8, 8]);
});

it('within() bounds each weight, rounded to the units inside of the bounds', () => {
  const groups = [group(range(0)), group([100, 101, 102])];
  // At least 10·0.05 units of the first, so 1, and 3·0.05 of the second.
  expect(within(global(), {max: 0.95})(groups, 0.75)).toEqual([1, 2]);
  expect(within(uniform(), {max: 0.7})([group(range(0))], 0.99)).toEqual([3]);
  expect(within(uniform(), {min: 0.3})([group(range(0))], 0.1)).toEqual([7]);
});

it('within() leaves all weights at their bounds for a sparsity out of bounds', () => {
  const groups = [group(range(0)), group(range(100))];
  expect(within(global(), {max: 0.8})(groups, 0.95)).toEqual([2, 2]);
  expect(within(global(), {min: 0.1})(groups, 0)).toEqual([9, 9]);
});

it('within() bounds the sparsities of perWeight()', () => {
  const groups = [group(range(0), 'a'), group(range(0), 'b')];
  expect(within(perWeight({a: 0.9}), {max: 0.7})(groups, 0.5)).toEqual([3, 3]);
  expect(within(perWeight({a: 0.9, b: 0.2}), {max: 0.7})(groups, 0.5)).toEqual([3, 8]);
});

it('within() keeps each weight in its bounds, and the total if they allow it', () => {
  const scores = fc.array(fc.float({min: 0, max: 100, noNaN: true}), {minLength: 1, maxLength: 12});
  const share = fc.integer({min: 0, max: 100}).map((percent) => percent / 100);
  fc.assert(
    fc.property(
      fc.array(scores, {minLength: 1, maxLength: 5}),
      fc.constantFrom(global(), global({normalize: 'l2'}), erdosRenyi()),
      share,
      share,
      fc.integer({min: 0, max: 99}),
      (weights, allocation, one, other, percent) => {
        const [min, max] = [Math.min(one, other), Math.max(one, other)];
        const groups = weights.map((given) => group(given));
        const counts = within(allocation, {min, max})(groups, percent / 100);
        const fewest = weights.map(({length}) => Math.max(1, Math.ceil(length * (1 - max) - 1e-6)));
        const most = weights.map(({length}, i) => Math.max(fewest[i], Math.floor(length * (1 - min) + 1e-6)));
        counts.forEach((count, i) => {
          expect(count).toBeGreaterThanOrEqual(fewest[i]);
          expect(count).toBeLessThanOrEqual(most[i]);
        });
        const asked = Math.max(weights.length, keptUnits(weights.flat().length, percent / 100));
        expect(sum(counts)).toBe(Math.min(sum(most), Math.max(sum(fewest), asked)));
      },
    ),
    {seed: 1, numRuns: 500},
  );
});

it('prune() with within() reports the requested and the reached sparsity', async () => {
  const model = twoDense([[1, 2, 3, 4]], [[1], [2], [3], [4]]);
  const {asked, sparsity} = await prune(model, 0.75, {allocation: within(global(), {max: 0.5})});
  expect([asked, sparsity]).toEqual([0.75, 0.5]);
});

it.each([
  [[global(), {min: -0.1}], 'within: bounds must be 0 ≤ min ≤ max ≤ 1, got min -0.1 and max 1'],
  [[global(), {min: 0.6, max: 0.5}], 'within: bounds must be 0 ≤ min ≤ max ≤ 1, got min 0.6 and max 0.5'],
  [[global(), {max: Number.NaN}], 'within: bounds must be'],
  [[global(), {most: 0.5}], 'within: unknown option "most"; there are min, max'],
  [
    [{max: 0.5}],
    /^within: allocation must be a function of groups and a sparsity, as global\(\), got an object max$/,
  ],
])('within() rejects %p', (args, message) => {
  expect(() => (within as (...args: unknown[]) => unknown)(...args)).toThrow(message);
});

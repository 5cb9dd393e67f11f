import fc from 'fast-check';
import {channel, erdosRenyi, type Group, prune} from 'tfjs-pruning';
import {keptUnits} from '../../src/select/select';
import {convNet, masksOf, mlp} from '../support/models';
import {groupOf, weightOf} from '../support/weights';

/** A weight of a given shape, with its elements as units. */
function elements(shape: number[]): Group {
  const weight = weightOf(shape);
  return groupOf(
    weight,
    Float32Array.from({length: weight.value.size}, (_, i) => i),
  );
}

it('erdosRenyi() has densities in proportion to (in + out) / (in·out)', () => {
  // 100·10 elements with 110 / 1000 and 10·10 with 20 / 100: 110 and 20 of every 130 remaining ones.
  const groups = [elements([100, 10]), elements([10, 10])];
  expect(erdosRenyi()(groups, 1 - 130 / 1100)).toEqual([110, 20]);
  expect(erdosRenyi()(groups, 1 - 65 / 1100)).toEqual([55, 10]);
});

it('erdosRenyi() counts the dimensions of a kernel, and erdosRenyi({kernel: false}) does not', () => {
  // 5·5·10·20 elements: (5 + 5 + 10 + 20) / 5000 or (10 + 20) / 200; the dense one has 90 / 2000.
  const groups = [elements([5, 5, 10, 20]), elements([50, 40])];
  expect(erdosRenyi()(groups, 1 - 130 / 7000)).toEqual([40, 90]);
  // 0.15·5000 = 750 against 90.
  expect(erdosRenyi({kernel: false})(groups, 1 - 840 / 7000)).toEqual([750, 90]);
});

it('erdosRenyi() gives the excess of a full weight to the others', () => {
  // 2·2 elements with 4/4, 10·10 with 20/100 and 20·20 with 40/400: 4, 20 and 40 of every 64.
  const groups = [elements([2, 2]), elements([10, 10]), elements([20, 20])];
  expect(erdosRenyi()(groups, 1 - 64 / 504)).toEqual([4, 20, 40]);
  // Of 184 the first would get 11.5; the others get 60 and 120 of the remaining 180.
  expect(erdosRenyi()(groups, 1 - 184 / 504)).toEqual([4, 60, 120]);
  // Of 354 the second is full too.
  expect(erdosRenyi()(groups, 1 - 354 / 504)).toEqual([4, 100, 250]);
});

it('erdosRenyi() does not allocate units that are already masked', () => {
  const masked = elements([10, 10]);
  masked.scores.fill(Number.NEGATIVE_INFINITY, 5);
  expect(erdosRenyi()([masked, elements([10, 10])], 0.8)).toEqual([5, 35]);
});

it('erdosRenyi() keeps exactly the requested count in total, and one unit of each weight', () => {
  const size = fc.integer({min: 1, max: 8});
  const shape = fc.oneof(fc.tuple(size, size), fc.tuple(size, size, size, size));
  fc.assert(
    fc.property(
      fc.array(shape, {minLength: 1, maxLength: 6}),
      fc.double({min: 0, max: 0.999, noNaN: true}),
      fc.boolean(),
      (shapes, sparsity, kernel) => {
        const groups = shapes.map((given) => elements(given));
        const counts = erdosRenyi({kernel})(groups, sparsity);
        const units = groups.reduce((sum, {scores}) => sum + scores.length, 0);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(
          Math.max(shapes.length, keptUnits(units, sparsity)),
        );
        counts.forEach((count, i) => {
          expect(Number.isInteger(count)).toBe(true);
          expect(count).toBeGreaterThan(0);
          expect(count).toBeLessThanOrEqual(groups[i].scores.length);
        });
      },
    ),
    {seed: 1, numRuns: 200},
  );
});

it('prune() with erdosRenyi() reaches the sparsity over all weights together', async () => {
  const model = mlp();
  // 4·6 elements with 10/24 and 6·3 with 9/18: of 21 the first keep 11.05, the second 9.95.
  const {sparsity} = await prune(model, 0.5, {allocation: erdosRenyi()});
  expect(sparsity).toBe(0.5);
  expect(masksOf(model).map((mask) => mask.filter(Boolean).length)).toEqual([11, 10]);
});

it('erdosRenyi() shares units of any pattern', async () => {
  const model = convNet();
  const {weights} = await prune(model, 0.5, {
    allocation: erdosRenyi(),
    pattern: channel(),
    where: ['conv', 'output'],
  });
  // Units 4·(3 + 3 + 2 + 4)/72 = 0.67 and 3·67/192 = 1.05, which share the 4 remaining ones.
  expect(weights.map(({kept}) => kept)).toEqual([2, 2]);
});

it.each([
  [{kernel: 1}, 'erdosRenyi: kernel must be true or false, got 1'],
  [{kernels: true}, 'erdosRenyi: unknown option "kernels"; there are kernel'],
])('erdosRenyi() rejects %j', (options, message) => {
  expect(() => erdosRenyi(options as never)).toThrow(message);
});

import fc from 'fast-check';
import {channel, type Group, global, lamp, type NormalizationName, prune} from 'tfjs-pruning';
import {keptUnits} from '../../src/select/select';
import {masksOf, twoDense} from '../support/models';
import {expectRefusal} from '../support/state';
import {group, groupOf, weightOf} from '../support/weights';

/** The counts by sorting: the best unit of each weight, then the highest of all others. */
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

it('global() prunes the lowest scores of all weights', () => {
  const groups = [group([1, 2, 3, 4]), group([10, 20, 30, 0.5, 40, 50])];
  expect(global()(groups, 0.4)).toEqual([1, 5]);
  expect(global()(groups, 0.1)).toEqual([4, 5]);
});

it('global() sets the best unit of each weight aside first', () => {
  const groups = [group([1, 2]), group([10, 20, 30, 40]), group([0.1])];
  expect(global()(groups, 0.5)).toEqual([1, 2, 1]);
  expect(global()(groups, 0.99)).toEqual([1, 1, 1]);
});

it('global() breaks ties by the order of the weights', () => {
  const groups = [group([1, 1, 1]), group([1, 1, 1])];
  expect(global()(groups, 0.5)).toEqual([2, 1]);
});

it('global() keeps exactly the requested count, with the result of a full sort', () => {
  const score = fc.oneof(
    fc.float({noNaN: true, noDefaultInfinity: true}),
    fc.constantFrom(0, -0, 1, 2, -1),
    fc.constant(Number.NEGATIVE_INFINITY),
  );
  const weights = fc.array(fc.array(score, {minLength: 1, maxLength: 12}), {minLength: 1, maxLength: 5});
  fc.assert(
    fc.property(weights, fc.integer({min: 0, max: 99}), (given, percent) => {
      const counts = global()(
        given.map((scores) => group(scores)),
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

it('global() leaves the scores unchanged', () => {
  const given = group([1, 3, 2]);
  global()([given], 0.5);
  expect([...given.scores]).toEqual([1, 3, 2]);
});

it('prune() with global() reaches the sparsity over all weights together', async () => {
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

// The second weight is ten times the first.
const unlike = () => [group([4, 3, 2, 1]), group([40, 30, 20, 10])];

it("global() of single elements equals global({normalize: 'none'})", () => {
  expect(global()(unlike(), 0.5)).toEqual([1, 3]);
  expect(global({normalize: 'none'})(unlike(), 0.5)).toEqual([1, 3]);
});

it("global({normalize: 'l2'}) divides the scores by their L2 norm", () => {
  expect(global({normalize: 'l2'})(unlike(), 0.5)).toEqual([2, 2]);
  // Norms 5 and √3: 0.8 and 0.6 against three of 0.58.
  const groups = [group([3, 4]), group([1, 1, 1])];
  expect(global({normalize: 'l2'})(groups, 0.4)).toEqual([2, 1]);
});

it("global() of larger units equals global({normalize: 'l2'}), unless each weight has one unit", () => {
  const ofTwo = ({scores}: Group) => groupOf(weightOf([2 * scores.length, 1]), scores);
  const pooled = unlike().map(ofTwo);
  expect(global()(pooled, 0.5)).toEqual([2, 2]);
  expect(global({normalize: 'none'})(pooled, 0.5)).toEqual([1, 3]);
  const whole = [group([1]), group([3]), group([2])].map((each) => ({...ofTwo(each), minUnits: 0 as const}));
  expect(global()(whole, 0.5)).toEqual([0, 1, 1]);
});

it('prune() with global() compares raw scores of elements, and L2-normalized scores of channels', async () => {
  const make = () =>
    twoDense(
      [[1, 2]],
      [
        [10, 20],
        [10, 20],
      ],
    );
  const where = ['first', 'second'];
  const [elements, channels, raw] = [make(), make(), make()];
  await prune(elements, 0.5, {allocation: global()});
  expect(masksOf(elements)).toEqual([
    [0, 1],
    [0, 1, 0, 1],
  ]);
  await prune(channels, 0.5, {allocation: global(), pattern: channel(), where});
  expect(masksOf(channels)).toEqual([
    [0, 1],
    [0, 1, 0, 1],
  ]);
  await prune(raw, 0.25, {allocation: global({normalize: 'none'}), pattern: channel(), where});
  expect(masksOf(raw)).toEqual([
    [0, 1],
    [1, 1, 1, 1],
  ]);
});

it("global({normalize: 'l2'}) leaves scores of 0 unchanged", () => {
  expect(global({normalize: 'l2'})([group([0, 0]), group([1, 2])], 0.5)).toEqual([1, 1]);
});

it.each([lamp, 'lamp'] as const)('global({normalize: %p}) compares LAMP scores', (normalize) => {
  expect(global({normalize})(unlike(), 0.5)).toEqual([2, 2]);
  // 1, 0.5 and 0.33 against 1 and 0.04.
  expect(global({normalize})([group([1, 1, 1]), group([10, 50])], 0.4)).toEqual([2, 1]);
  expect(global({normalize})([group([1, 1, 1]), group([10, 50])], 0.2)).toEqual([3, 1]);
});

it('global() applies a custom normalization to the scores of the remaining units', () => {
  const seen: number[][] = [];
  const normalize = (scores: Float32Array) => {
    seen.push([...scores]);
    return scores.map((score) => -1 / score);
  };
  const groups = [group([1, Number.NEGATIVE_INFINITY, 2]), group([4, 8])];
  expect(global({normalize})(groups, 0.2)).toEqual([2, 2]);
  expect(seen).toEqual([
    [1, 2],
    [4, 8],
  ]);
});

it('global() keeps the requested count with every normalization', () => {
  const weights = fc.array(
    fc.array(fc.float({min: 0, max: 100, noNaN: true}), {minLength: 1, maxLength: 12}),
    {minLength: 1, maxLength: 5},
  );
  const normalize = fc.constantFrom<NormalizationName>('none', 'l2', 'lamp');
  fc.assert(
    fc.property(weights, normalize, fc.integer({min: 0, max: 99}), (given, name, percent) => {
      const groups = given.map((scores) => group(scores));
      const counts = global({normalize: name})(groups, percent / 100);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(
        Math.max(given.length, keptUnits(given.flat().length, percent / 100)),
      );
      expect(Math.min(...counts)).toBeGreaterThan(0);
    }),
    {seed: 2, numRuns: 200},
  );
});

it.each([
  [{normalize: 'l3'}, /^global: normalize must be a function or one of none, l2, lamp, got "l3"$/],
  [{normalise: 'l2'}, /^global: unknown option "normalise"; there are normalize$/],
])('global() rejects %j', (options, message) => {
  expect(() => global(options as never)).toThrow(message);
});

it.each([
  ['too few', () => Float32Array.of(1)],
  ['no numbers', (scores: Float32Array) => scores.map(() => Number.NaN)],
  ['nothing', () => undefined],
])(
  'global() throws for a normalization that returns %s, and leaves the model unchanged',
  async (_, normalize) => {
    const model = twoDense([[1, 2]], [[1], [2]]);
    await expectRefusal(
      model,
      () => prune(model, 0.5, {allocation: global({normalize: normalize as never})}),
      'global: normalize must give each of 2 scores a number, got',
    );
  },
);

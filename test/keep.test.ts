import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import * as library from 'tfjs-pruning';
import {
  type Allocation,
  block,
  byCost,
  channel,
  element,
  erdosRenyi,
  global,
  inputChannel,
  kernel,
  lamp,
  layer,
  nOfM,
  type Pattern,
  perWeight,
  prune,
  report,
  uniform,
  within,
} from 'tfjs-pruning';
import {prunableDense} from 'tfjs-pruning/layers';
import {keepInAll} from '../src/allocation/keepInAll';
import {magnitudes, prunableStack} from './support/keep';
import './support/cpu';
import {group} from './support/weights';

const uniformly = (sizes: number[], keep: number, masked: number[] = []) => {
  const groups = sizes.map((size, i) =>
    group(magnitudes(size).fill(Number.NEGATIVE_INFINITY, size - (masked[i] ?? 0)), `layer${i}`),
  );
  return keepInAll('prune', keep, groups, (sparsity) => uniform()(groups, sparsity));
};

describe('a count of units to keep', () => {
  it.each([
    [[10, 10], 10, [], [5, 5]],
    [[10, 20, 30], 6, [], [1, 2, 3]],
    // A third of each rounds to 3; the next sparsity gives 4, which the first gets.
    [[10, 10, 10], 10, [], [4, 3, 3]],
    // Each keeps one.
    [[100, 1, 1], 2, [], [1, 1, 1]],
    [[100, 10], 110, [], [100, 10]],
    // Only 2 of the first remain, so the second keeps the others.
    [[10, 10], 10, [8], [2, 8]],
  ])(
    'of %j units, %i to keep, with %j already pruned, is divided by uniform() as %4$j',
    (sizes, keep, masked, counts) => {
      expect(uniformly(sizes, keep, masked)).toEqual(counts);
    },
  );

  it('keeps with global() the best units of all weights, and one of each', async () => {
    const model = prunableStack([
      [
        [9, 8],
        [7, 1],
      ],
      [
        [0.5, 0.4],
        [0.3, 0.2],
      ],
    ]);
    const result = await prune(model, {keep: 4}, {allocation: global()});
    const {weights, asked, sparsity} = result;
    expect(weights.map(({kept}) => kept)).toEqual([3, 1]);
    expect(asked).toEqual({keep: 4});
    expect(sparsity).toBe(0.5);
    expect(result.toString()).toBe('asked to keep 4 units, reached 0.5');
    expect(report(model).weights.map(({kept}) => kept)).toEqual([3, 1]);
  });

  it('may be a function of the count of all units, which is rounded', async () => {
    const model = prunableStack([[[9, 8, 7, 6, 5, 4, 3]]]);
    const {asked, weights} = await prune(model, {keep: (units) => units / 2.5});
    expect(asked).toEqual({keep: 3});
    expect(weights[0].kept).toBe(3);
    await prune(model, {keep: () => 0.1});
    expect(report(model).total.kept).toBe(1);
    await expect(prune(model, {keep: () => Number.NaN})).rejects.toThrow(
      'prune: keep of 7 units must be a whole number from 1, got NaN',
    );
  });

  it('counts tied channels once', async () => {
    const input = tf.input({shape: [3]});
    const [left, right] = [0, 1].map(() => prunableDense({units: 6}).apply(input) as tf.SymbolicTensor);
    const sum = tf.layers.add().apply([left, right]) as tf.SymbolicTensor;
    const output = prunableDense({units: 2}).apply(sum) as tf.SymbolicTensor;
    const model = tf.model({inputs: input, outputs: output});
    const {weights} = await prune(model, {keep: 4}, {pattern: channel()});
    expect(weights.map(({kept}) => kept)).toEqual([4, 4]);
  });

  it('is rounded up if units are kept in multiples', async () => {
    const model = prunableStack([[[1, 2, 3, 4, 5, 6, 7, 8]]]);
    const pattern = channel({roundTo: 4});
    const {weights} = await prune(model, {keep: 5}, {pattern, where: () => true});
    expect(weights[0]).toMatchObject({kept: 8, asked: 5});
  });

  it('keeps all remaining units if there are fewer, and reports it', async () => {
    const model = prunableStack([[[1, 2, 3, 4]]]);
    await prune(model, {keep: 2});
    const {weights} = await prune(model, {keep: 3});
    expect(weights[0]).toMatchObject({kept: 2, note: 'only 2 of 4 units were left, so nothing changed'});
  });

  it.each<[unknown, RegExp]>([
    [0, /^prune: keep must be a whole number from 1, got 0$/],
    [1.5, /^prune: keep must be a whole number from 1, got 1.5$/],
    ['3', /^prune: keep must be a whole number from 1, got "3"$/],
    [undefined, /^prune: keep must be a whole number from 1, got undefined$/],
    [5, /^prune: keep must be at most 4, the number of units, got 5$/],
  ])('%p is an error that leaves the model unchanged', async (keep, message) => {
    const model = prunableStack([[[1, 2, 3, 4]]]);
    await expect(prune(model, {keep: keep as number})).rejects.toThrow(message);
    expect(report(model).total.sparsity).toBe(0);
  });

  it('is an error together with another option, with fixed sparsities, and with a pattern that selects', async () => {
    const model = prunableStack([[[1, 2, 3, 4]]]);
    const {layer: name} = library.prunableWeights(model)[0];
    await expect(prune(model, {keep: 2, of: 3} as library.Keep)).rejects.toThrow(
      /prune: unknown option "of"/,
    );
    await expect(prune(model, {keep: 3}, {allocation: perWeight({[name]: 0.5})})).rejects.toThrow(
      /^prune: keep must be from 2 to 2, .*, got 3$/,
    );
    await expect(prune(model, {keep: 3}, {pattern: nOfM({n: 1, m: 2})})).rejects.toThrow(
      /^prune: keep cannot be combined with a pattern/,
    );
  });
});

const allocations: Record<string, () => Allocation> = {
  uniform,
  global,
  'global, by lamp': () => global({normalize: lamp}),
  byCost,
  erdosRenyi,
  perWeight: () => perWeight({stack0: (sparsity) => sparsity ** 2}),
  within: () => within(global(), {max: 1}),
};
const patterns: Record<string, () => Pattern> = {
  element,
  channel,
  inputChannel,
  kernel,
  layer,
  block: () => block(2, 2),
};

describe.each(Object.entries(allocations))('with %s', (_, allocation) => {
  it.each(Object.entries(patterns))(
    'and %s, the kept units add up to the count, also when pruned again',
    async (_, pattern) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({min: 1, max: 7}), {minLength: 2, maxLength: 5}),
          fc.integer({min: 0, max: 1e6}),
          fc.integer({min: 0, max: 1e6}),
          async (sizes, first, second) => {
            const model = prunableStack(
              sizes
                .slice(1)
                .map((width, i) =>
                  Array.from({length: sizes[i]}, (_, row) =>
                    Array.from({length: width}, (_, column) => 1 + ((row * 31 + column * 17 + i * 7) % 23)),
                  ),
                ),
            );
            const recipe = {allocation: allocation(), pattern: pattern(), where: () => true};
            const {weights} = await prune(model, 0, recipe);
            const units = weights.reduce((sum, weight) => sum + weight.units, 0);
            // These never empty a weight, even if the pattern would.
            const sparesAll = [uniform, erdosRenyi].includes(allocation as typeof uniform);
            const least = recipe.pattern.minUnits === 0 && !sparesAll ? 1 : weights.length;
            const keep = least + (first % (units - least + 1));
            for (const count of [keep, least + (second % (keep - least + 1))]) {
              const pruned = await prune(model, {keep: count}, recipe);
              expect(pruned.weights.reduce((sum, {kept}) => sum + kept, 0)).toBe(count);
            }
            model.dispose();
          },
        ),
        {numRuns: 10},
      );
    },
  );
});

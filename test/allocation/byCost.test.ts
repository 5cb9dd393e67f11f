import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {
  byCost,
  channel,
  compact,
  compactReport,
  element,
  type Group,
  global,
  type NormalizationName,
  type Pattern,
  prune,
  within,
} from 'tfjs-pruning';
import {prunableConv2d, prunableDense, prunableDepthwiseConv2d} from 'tfjs-pruning/layers';
import {partsOf} from '../../src/select/parts';
import {keptUnits} from '../../src/select/select';
import {masksOf, setKernels, twoDense} from '../support/models';
import {group, groupOf, weightOf} from '../support/weights';

const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0);

/** A weight with given uses per element, in units of a given size. */
function used(scores: number[], uses: number, size = 1): Group {
  return groupOf(weightOf([scores.length * size, 1], {uses}), Float32Array.from(scores));
}

const raw = {normalize: 'none' as const, power: 1};

it('byCost() prunes the units with the lowest score per cost first', () => {
  // Besides the best of each: score 2 with four uses, and score 1 with one use.
  const groups = [used([4, 2], 4), used([3, 1], 1)];
  expect(global()(groups, 0.25)).toEqual([2, 1]);
  expect(byCost({macs: 1}, raw)(groups, 0.25)).toEqual([1, 2]);
  // 2 / √4 and 1 / √1 are a tie.
  expect(byCost({macs: 1}, {...raw, power: 0.5})(groups, 0.25)).toEqual([2, 1]);
  expect(byCost({macs: 1}, {...raw, power: 0.51})(groups, 0.25)).toEqual([1, 2]);
});

it('the cost of a unit is its multiplications, its bytes and an overhead', () => {
  // Units of 2 elements that are used 3 times, and of 1 element that is used 4 times.
  const groups = [used([9, 4], 3, 2), used([9, 3], 4)];
  const kept = (...costs: number[]) => {
    const [macs, bytes, blockOverhead] = costs;
    return byCost({macs, bytes, blockOverhead}, raw)(groups, 0.25);
  };
  // 4/6 against 3/4; with 4 bytes per element 4/8 against 3/4; with the overhead 4/4 against 3/4 again.
  expect(kept(1, 0, 0)).toEqual([1, 2]);
  expect(kept(0, 1, 0)).toEqual([1, 2]);
  expect(kept(0, 0, 1)).toEqual([2, 1]);
  // (6 + 8)/4 = 3.5 of 4 and (4 + 4)/3 = 2.7; and 26/4 of 4 and 20/3 of 3.
  expect(kept(1, 1, 0)).toEqual([1, 2]);
  expect(kept(1, 1, 12)).toEqual([2, 1]);
});

it('byCost() prunes the most expensive units first among negative scores', () => {
  const groups = [used([1, -1], 1), used([1, -1], 4)];
  expect(byCost({macs: 1}, raw)(groups, 0.25)).toEqual([2, 1]);
  expect(global()(groups, 0.25)).toEqual([2, 1]);
  expect(byCost({macs: 1}, raw)([...groups].reverse(), 0.25)).toEqual([1, 2]);
});

it('byCost() prunes units without cost last, by score', () => {
  const groups = [used([1, 0.1, 0.2], 0), used([5, 4], 10), used([1, 0.3], 0)];
  expect(byCost({macs: 1}, raw)(groups, 1 / 7)).toEqual([3, 1, 2]);
  expect(byCost({macs: 1}, raw)(groups, 2 / 7)).toEqual([2, 1, 2]);
  expect(byCost({macs: 1}, raw)([used([1, 2], 0), used([3, 4], 0)], 0.25)).toEqual([1, 2]);
});

const scores = fc.array(fc.float({min: 0, max: 100, noNaN: true}), {minLength: 1, maxLength: 12});
const weights = fc.array(scores, {minLength: 1, maxLength: 5});

it('with equal costs byCost() equals global() with the same normalization, lamp by default', () => {
  fc.assert(
    fc.property(
      weights,
      fc.constantFrom<NormalizationName>('none', 'l2', 'lamp'),
      fc.constantFrom({macs: 2}, {bytes: 3}, {blockOverhead: 4}, {macs: 1, bytes: 1, blockOverhead: 1}),
      fc.integer({min: 0, max: 99}),
      (given, normalize, model, percent) => {
        const groups = given.map((each) => group(each));
        const counts = byCost(model, {normalize})(groups, percent / 100);
        expect(counts).toEqual(global({normalize})(groups, percent / 100));
        expect(byCost(model)(groups, percent / 100)).toEqual(
          global({normalize: 'lamp'})(groups, percent / 100),
        );
      },
    ),
    {seed: 1, numRuns: 200},
  );
});

it('byCost() keeps exactly the requested count, and within() bounds it', () => {
  const uses = fc.integer({min: 0, max: 1000});
  fc.assert(
    fc.property(
      fc.array(fc.tuple(scores, uses), {minLength: 1, maxLength: 5}),
      fc.integer({min: 0, max: 99}),
      fc.float({min: 0, max: 1, noNaN: true}),
      (given, percent, power) => {
        const groups = given.map(([each, times]) => used(each, times));
        const units = sum(given.map(([{length}]) => length));
        const allocation = byCost({macs: 1}, {power});
        const counts = allocation(groups, percent / 100);
        expect(sum(counts)).toBe(Math.max(given.length, keptUnits(units, percent / 100)));
        expect(Math.min(...counts)).toBeGreaterThan(0);
        within(allocation, {max: 0.5})(groups, percent / 100).forEach((count, i) => {
          expect(count).toBeGreaterThanOrEqual(Math.ceil(given[i][0].length / 2));
        });
      },
    ),
    {seed: 2, numRuns: 200},
  );
});

it('byCost() with a power of 0 ignores costs', () => {
  const groups = [used([4, 2], 400), used([3, 1], 1)];
  expect(byCost({macs: 1}, {power: 0, normalize: 'none'})(groups, 0.25)).toEqual([2, 1]);
});

it('byCost() normalizes by the L2 norm by default if scores are negative, which lamp does not support', () => {
  const groups = [used([4, -3], 1), used([0.4, -0.3], 1)];
  expect(byCost()(groups, 0.25)).toEqual(global({normalize: 'l2'})(groups, 0.25));
});

/** The groups that an allocation gets for a model and a pattern. */
async function groupsOf(model: tf.LayersModel, pattern: Pattern): Promise<Group[]> {
  let seen: Group[] = [];
  await prune(model, 0, {
    pattern,
    allocation: (groups) => {
      seen = groups;
      return groups.map((each) => each.scores.length);
    },
  });
  return seen;
}

function residual(): tf.LayersModel {
  const apply = (layer: tf.layers.Layer, input: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(input) as tf.SymbolicTensor;
  const input = tf.input({shape: [6, 6, 2]});
  const first = apply(prunableConv2d({name: 'a', filters: 4, kernelSize: 3, padding: 'same'}), input);
  const second = apply(prunableConv2d({name: 'b', filters: 4, kernelSize: 1}), first);
  const added = apply(tf.layers.add(), [first, second]);
  const filtered = apply(prunableDepthwiseConv2d({name: 'c', kernelSize: 3}), added);
  const pooled = apply(tf.layers.flatten(), apply(tf.layers.maxPooling2d({poolSize: 2}), filtered));
  const output = apply(
    prunableDense({name: 'd', units: 3}),
    apply(prunableDense({name: 'e', units: 5}), pooled),
  );
  return tf.model({inputs: input, outputs: output});
}

it('the cost of a channel includes everything that compact() removes with it', async () => {
  const model = residual();
  const [summed, dense] = await groupsOf(model, channel());
  const cost = (found: Group) => sum(partsOf(found).map(({weight, elements}) => weight.uses * elements[0]));
  // 3·3·2 elements of a; 4 and 4 of b, which produces and consumes it; 3·3 of c; of e four for each of 5.
  expect(cost(summed)).toBe(36 * (18 + 4 + 4) + 16 * 9 + 4 * 5);
  expect(cost(dense)).toBe(16 + 3);

  const macsAt = async (left: number, right: number) => {
    const pruned = residual();
    await prune(pruned, 0.1, {pattern: channel(), allocation: () => [left, right]});
    return compactReport(await compact(pruned)).after.macs;
  };
  const whole = await macsAt(4, 5);
  expect(whole - (await macsAt(4, 4))).toBe(cost(dense));
  // The element from a channel to itself is counted twice.
  expect(whole - (await macsAt(3, 5))).toBe(cost(summed) - 36);
});

it('the cost of single elements and blocks counts their own weight only', async () => {
  const [summed] = await groupsOf(residual(), element());
  expect(summed.consumers).toBeUndefined();
});

it('prune() with byCost() leaves fewer multiplications at the same sparsity', async () => {
  const model = tf.sequential({
    layers: [
      prunableConv2d({name: 'conv', filters: 2, kernelSize: 1, inputShape: [4, 4, 1]}),
      tf.layers.flatten(),
      prunableDense({name: 'dense', units: 1}),
    ],
  });
  setKernels(
    model,
    [[1, 0.9]],
    Array.from({length: 32}, (_, i) => [(i + 1) / 32]),
  );
  const {sparsity, weights} = await prune(model, 0.5, {allocation: byCost({macs: 1}, raw)});
  expect(sparsity).toBe(0.5);
  expect(weights.map(({kept}) => kept)).toEqual([1, 16]);
});

it('byCost() ranks elements of equal cost in one weight by score', async () => {
  const model = twoDense([[1, 2]], [[3], [4]]);
  await prune(model, 0.25, {allocation: byCost({bytes: 1}, {normalize: 'none'})});
  expect(masksOf(model)).toEqual([
    [0, 1],
    [1, 1],
  ]);
});

it.each([
  [[{macs: -1}], 'byCost: macs must be a number from 0, got -1'],
  [[{bytes: Number.NaN}], 'byCost: bytes must be a number from 0, got NaN'],
  [
    [{macs: 1, blockOverhead: Number.POSITIVE_INFINITY}],
    'byCost: blockOverhead must be a number from 0, got',
  ],
  [[{macs: '1'}], 'byCost: macs must be a number from 0, got "1"'],
  [[{}], 'byCost: all costs are 0; give one of macs, bytes and blockOverhead a number above 0'],
  [[{macs: 0, bytes: 0}], 'byCost: all costs are 0'],
  [[{flops: 1}], 'byCost: unknown option "flops"; there are macs, bytes, blockOverhead'],
  [[null], 'byCost: the costs must be an object, as {macs: 1, bytes: 0, blockOverhead: 0}, got null'],
  [[{macs: 1}, null], 'byCost: the options must be an object of power, normalize, got null'],
  [[{macs: 1}, {power: 2}], 'byCost: power must be a number from 0 to 1, got 2'],
  [[{macs: 1}, {strength: 1}], 'byCost: unknown option "strength"; there are power, normalize'],
  [[{macs: 1}, {normalize: 'l3'}], 'byCost: normalize must be a function or one of none, l2, lamp, got "l3"'],
])('byCost() rejects %j', (args, message) => {
  expect(() => byCost(...(args as []))).toThrow(message);
});

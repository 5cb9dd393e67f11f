import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {channel, element, global, magnitude, prune, random, threshold, uniform} from 'tfjs-pruning';
import {keepTop, keptUnits} from '../src/select/select';
import {backends, useBackend} from './support/backends';
import {expectNoLeakedTensors} from './support/memory';
import {convNet, kernelsOf, masksOf, mlp, oneDense, outputsOf, twoDense} from './support/models';
import {stateOf} from './support/state';

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it('prune() masks the lowest scores and stores 0 for them', async () => {
    const model = oneDense([
      [0.5, -0.1, 3],
      [-0.2, 0.4, -2],
    ]);
    const {sparsity} = await prune(model, 0.5);
    expect(sparsity).toBe(0.5);
    expect(masksOf(model)).toEqual([[1, 0, 1, 0, 0, 1]]);
    expect(kernelsOf(model)).toEqual([[0.5, 0, 3, 0, 0, -2]]);
  });

  it('prune() stores 0 and not −0, which would enlarge compressed files', async () => {
    const model = oneDense([[-1, 1, -2, -3]]);
    await prune(model, 0.5);
    expect(Object.is(kernelsOf(model)[0][0], 0)).toBe(true);
  });

  it('prune() stores 0 for a pruned weight that was NaN', async () => {
    const model = oneDense([[Number.NaN, 1, Number.POSITIVE_INFINITY, 2]]);
    await prune(model, 0.5, {importance: () => tf.tensor2d([[0, 1, 0, 1]])});
    expect(kernelsOf(model)).toEqual([[0, 1, 0, 2]]);
  });

  it('prune() keeps exact counts under ties, where the lower index remains', async () => {
    const model = oneDense([new Array(10).fill(1), new Array(10).fill(-1)]);
    await prune(model, 0.35);
    expect(masksOf(model)).toEqual([[...new Array(13).fill(1), ...new Array(7).fill(0)]]);
  });

  it('a masked weight does not affect the outputs', async () => {
    const model = oneDense([[1], [10], [100]]);
    await prune(model, 0.3);
    expect(outputsOf(model, tf.tensor2d([[1, 1, 1]]))).toEqual([110]);
  });

  it('prune() leaks no tensors', async () => {
    const model = convNet();
    await expectNoLeakedTensors(() => prune(model, 0.3));
    await expectNoLeakedTensors(() => prune(model, 0.5, {allocation: global(), importance: random()}));
    await expectNoLeakedTensors(() => prune(model, threshold(0.3), {importance: magnitude({p: 2})}));
    await expectNoLeakedTensors(() => prune(model, 0.5, {pattern: channel()}));
  });
});

it('prune() keeps the best elements of every weight, as many as the rule of counts requires', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.float({noNaN: true, noDefaultInfinity: true}), {minLength: 1, maxLength: 30}),
      fc.integer({min: 0, max: 99}),
      async (row, percent) => {
        const model = oneDense([row]);
        await prune(model, percent / 100);
        const kept = keptUnits(row.length, percent / 100);
        expect(masksOf(model)).toEqual([[...keepTop(Float32Array.from(row, Math.abs), kept)]]);
        model.dispose();
      },
    ),
    {seed: 1, numRuns: 60},
  );
});

it('prune() with sparsity 0 changes nothing', async () => {
  const model = mlp();
  const before = stateOf(model);
  const {sparsity} = await prune(model, 0);
  expect(sparsity).toBe(0);
  expect(stateOf(model)).toEqual(before);
});

it('the target of prune() is a share of all units, not of the remaining ones', async () => {
  const model = oneDense([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
  await prune(model, 0.5);
  const {sparsity} = await prune(model, 0.7);
  expect(sparsity).toBeCloseTo(0.7, 12);
  expect(masksOf(model)).toEqual([[0, 0, 0, 0, 0, 0, 0, 1, 1, 1]]);
});

it('prune() never frees: a lower target changes nothing and is reported', async () => {
  const model = oneDense([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
  await prune(model, 0.8);
  const before = stateOf(model);
  const {asked, sparsity, weights} = await prune(model, 0.5);
  expect([asked, sparsity]).toEqual([0.5, 0.8]);
  expect(weights).toMatchObject([
    {units: 10, asked: 5, kept: 2, note: expect.stringContaining('only 2 of 10')},
  ]);
  expect(stateOf(model)).toEqual(before);
});

it('pruned elements stay pruned with any new scores', async () => {
  const model = oneDense([[1, 2, 3, 4]]);
  await prune(model, 0.5);
  await prune(model, 0.75, {importance: ({value}) => tf.neg(value)});
  expect(masksOf(model)).toEqual([[0, 0, 1, 0]]);
});

it('a weight of 0 that is not masked may remain', async () => {
  const model = oneDense([[0, 0, 0, 0]]);
  await prune(model, 0.5);
  expect(masksOf(model)).toEqual([[1, 1, 0, 0]]);
});

it('pruning in steps equals pruning in one step without training between', async () => {
  const [ramp, jump] = [convNet(), convNet()];
  for (const sparsity of [0.2, 0.5, 0.6, 0.85]) {
    await prune(ramp, sparsity, {allocation: global()});
  }
  await prune(jump, 0.85, {allocation: global()});
  expect(masksOf(ramp)).toEqual(masksOf(jump));
});

it('the defaults of prune() are magnitude(), element() and uniform()', async () => {
  const [byDefault, named] = [convNet(), convNet()];
  await prune(byDefault, 0.7);
  await prune(named, 0.7, {importance: magnitude(), pattern: element(), allocation: uniform()});
  expect(masksOf(byDefault)).toEqual(masksOf(named));
  expect(masksOf(named).map((bits) => bits.filter(Boolean).length)).toEqual([22, 58]);
});

it('biases are pruned only with a whole channel', async () => {
  const model = mlp();
  const biases = () => model.layers.map((layer) => [...layer.getWeights()[1].dataSync()]);
  const before = biases();
  expect(before.flat().filter((value) => value !== 0)).toHaveLength(9);
  await prune(model, 0.9);
  expect(biases()).toEqual(before);
  await prune(model, 0.9, {pattern: channel(), where: () => true});
  const units = masksOf(model).map((bits, i) =>
    before[i].map((_, unit) => bits.some((bit, j) => bit && j % before[i].length === unit)),
  );
  expect(biases()).toEqual(
    before.map((values, i) => values.map((value, unit) => (units[i][unit] ? value : 0))),
  );
});

it('prune() never empties a weight', async () => {
  const model = twoDense([[1, 2]], [[3], [4]]);
  await prune(model, 0.999);
  expect(masksOf(model)).toEqual([
    [0, 1],
    [0, 1],
  ]);
});

it('a custom pattern is a function that numbers the elements', async () => {
  const model = oneDense([
    [1, 2],
    [30, 40],
    [5, 6],
  ]);
  const rows = () => ({units: 3, unitOf: Int32Array.of(0, 0, 1, 1, 2, 2)});
  await prune(model, 0.3, {pattern: rows});
  expect(masksOf(model)).toEqual([[0, 0, 1, 1, 1, 1]]);
});

it('a custom allocation divides the target', async () => {
  const model = twoDense([[1, 2, 3]], [[3], [4], [5]]);
  await prune(model, 0.5, {allocation: (groups, sparsity) => groups.map((_, i) => i + 4 * sparsity)});
  expect(masksOf(model)).toEqual([
    [0, 1, 1],
    [1, 1, 1],
  ]);
});

it('prune() works on a model that was never compiled, and on one with frozen layers', async () => {
  const model = mlp();
  model.layers[0].trainable = false;
  await prune(model, 0.5);
  expect(masksOf(model).map((bits) => bits.filter(Boolean).length)).toEqual([12, 9]);
});

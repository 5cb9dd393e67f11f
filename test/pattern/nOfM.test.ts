import fc from 'fast-check';
import {element, global, nOfM, prune, threshold} from 'tfjs-pruning';
import {weightOfKind} from '../support/kindWeights';
import {masksOf, oneDense} from '../support/models';
import {stateOf} from '../support/state';
import {weightOf} from '../support/weights';

type Options = Parameters<typeof nOfM>[0];
const column = (values: number[]) => oneDense(values.map((value) => [value]));

/** The remaining elements of a weight if later ones score higher. */
function keptOf(options: Options, weight: ReturnType<typeof weightOf>): number[] {
  const {select} = nOfM(options);
  return [
    ...(select?.(
      weight,
      Float32Array.from({length: weight.value.size}, (_, i) => i),
    ) ?? []),
  ];
}

it.each([
  ['inputs of a dense kernel', 'Dense', 'kernel', [2, 2], undefined, [0, 0, 1, 1]],
  ['outputs of a dense kernel', 'Dense', 'kernel', [2, 2], 'output', [0, 1, 0, 1]],
  ['channels of a convolution at each place', 'Conv2D', 'kernel', [1, 2, 2, 1], undefined, [0, 1, 0, 1]],
  ['filters of a convolution', 'Conv2D', 'kernel', [1, 1, 2, 2], 'output', [0, 1, 0, 1]],
  ['columns of a convolution', 'Conv2D', 'kernel', [1, 2, 1, 2], 1, [0, 0, 1, 1]],
  [
    'channels of a transposed convolution',
    'Conv2DTranspose',
    'kernel',
    [1, 1, 2, 2],
    undefined,
    [0, 1, 0, 1],
  ],
  ['filters of a transposed convolution', 'Conv2DTranspose', 'kernel', [1, 1, 2, 2], 'output', [0, 0, 1, 1]],
  [
    'channels of a depthwise one',
    'DepthwiseConv2D',
    'depthwiseKernel',
    [1, 1, 2, 2],
    undefined,
    [0, 0, 1, 1],
  ],
  ['outputs of a depthwise one', 'DepthwiseConv2D', 'depthwiseKernel', [1, 1, 2, 2], 'output', [0, 1, 0, 1]],
  ['features of a recurrent kernel', 'LSTMCell', 'kernel', [2, 4], undefined, [0, 0, 0, 0, 1, 1, 1, 1]],
  ['gates of a recurrent kernel', 'LSTMCell', 'kernel', [2, 4], 'output', [0, 1, 0, 1, 0, 1, 0, 1]],
  ['words of an embedding', 'Embedding', 'embeddings', [2, 2], undefined, [0, 0, 1, 1]],
])('nOfM({n: 1, m: 2}) keeps one of two %s', (_, kind, field, shape, axis, kept) => {
  const weight = weightOfKind(kind, field, shape);
  expect(keptOf({n: 1, m: 2, axis} as Options, weight)).toEqual(kept);
});

it('nOfM() keeps the best of each group, and the first of equal ones', async () => {
  const model = column([1, -4, 3, 2, 5, 5, -5, 5]);
  const {weights, sparsity} = await prune(model, 0.5, {pattern: nOfM({n: 2, m: 4})});
  expect(masksOf(model)).toEqual([[0, 1, 1, 0, 1, 1, 0, 0]]);
  expect(weights).toMatchObject([{name: 'only/kernel', units: 8, asked: 4, kept: 4}]);
  expect(sparsity).toBe(0.5);
});

it('nOfM() keeps at most as many of a shorter last group', async () => {
  const model = column([1, 2, 3, 4, 5]);
  await prune(model, 0.5, {pattern: nOfM({n: 2, m: 3})});
  expect(masksOf(model)).toEqual([[0, 1, 1, 1, 1]]);
  const shorter = column([1, 2, 3, 4, 6, 5]);
  await prune(shorter, 0.5, {pattern: nOfM({n: 1, m: 4})});
  expect(masksOf(shorter)).toEqual([[0, 0, 0, 1, 1, 0]]);
});

it.each([0.01, 0.5, 0.99, threshold(1e9), threshold(0)])(
  'nOfM() has the same result for any target above 0 and any allocation: %p',
  async (target) => {
    const model = column([1, -4, 3, 2]);
    await prune(model, target, {pattern: nOfM({n: 2, m: 4}), allocation: global()});
    expect(masksOf(model)).toEqual([[0, 1, 1, 0]]);
  },
);

it('nOfM() with a target of 0 changes nothing', async () => {
  const model = column([1, -4, 3, 2]);
  await prune(model, 0, {pattern: nOfM({n: 2, m: 4})});
  expect(masksOf(model)).toEqual([[1, 1, 1, 1]]);
});

it('nOfM() applied again changes nothing, and counts masked elements', async () => {
  const model = column([1, -4, 3, 2, 9, 1, 1, 1]);
  await prune(model, 0.625, {pattern: element()});
  expect(masksOf(model)).toEqual([[0, 1, 1, 0, 1, 0, 0, 0]]);
  const before = stateOf(model);
  const {weights} = await prune(model, 0.5, {pattern: nOfM({n: 2, m: 4})});
  expect(stateOf(model)).toEqual(before);
  expect(weights).toMatchObject([{name: 'only/kernel', units: 8, asked: 3, kept: 3}]);
});

it('nOfM() keeps exactly as many of every whole group, for any shape', () => {
  const sizes = fc.integer({min: 1, max: 9});
  fc.assert(
    fc.property(sizes, sizes, sizes, sizes, fc.integer(), (rows, columns, m, any, seed) => {
      const n = 1 + (any % m);
      const weight = weightOf([rows, columns]);
      const scores = Float32Array.from({length: rows * columns}, (_, i) => Math.sin(seed + i));
      const kept = nOfM({n, m}).select?.(weight, scores) as Uint8Array;
      for (let column = 0; column < columns; column++) {
        for (let first = 0; first < rows; first += m) {
          const group = [...Array(Math.min(m, rows - first)).keys()].map(
            (i) => (first + i) * columns + column,
          );
          const [inside, outside] = [1, 0].map((bit) =>
            group.filter((i) => kept[i] === bit).map((i) => scores[i]),
          );
          expect(inside).toHaveLength(Math.min(n, group.length));
          expect(Math.min(...inside)).toBeGreaterThanOrEqual(Math.max(...outside));
        }
      }
    }),
    {seed: 1, numRuns: 100},
  );
});

it.each([
  [{n: 4, m: 2}, 'nOfM: n must be at most m, got n 4 and m 2'],
  [{n: 0, m: 2}, 'nOfM: n must be a whole number from 1, got 0'],
  [{n: 2}, 'nOfM: m must be a whole number from 1, got undefined'],
  [{n: 2, m: 4, axis: 'inputs'}, "nOfM: axis must be 'input', 'output' or a whole number from 0"],
  [{n: 2, m: 4, axis: -1}, "nOfM: axis must be 'input', 'output' or a whole number from 0"],
  [{n: 2, m: 4, along: 1}, 'nOfM: unknown option "along"; there are n, m, axis'],
])('nOfM() rejects %j', (options, message) => {
  expect(() => nOfM(options as Options)).toThrow(message);
});

import {block, prune} from 'tfjs-pruning';
import {weightOfKind} from '../support/kindWeights';
import {masksOf, oneDense} from '../support/models';
import {weightOf} from '../support/weights';

it.each([
  ['a dense kernel', 'Dense', 'kernel', [3, 3], [0, 0, 1, 0, 0, 1, 2, 2, 3]],
  // Rows (0, 0, in 0), (0, 0, in 1), (0, 1, in 0), each of two outputs.
  ['a convolution', 'Conv2D', 'kernel', [1, 2, 1, 3], [0, 0, 1, 0, 0, 1]],
  // [height, width, out, in]: rows are inputs, and columns run along the axis before.
  ['a transposed convolution', 'Conv2DTranspose', 'kernel', [1, 1, 3, 3], [0, 0, 2, 0, 0, 2, 1, 1, 3]],
  [
    'a depthwise convolution',
    'DepthwiseConv2D',
    'depthwiseKernel',
    [1, 3, 2, 2],
    [...[0, 0, 1, 1], ...[0, 0, 1, 1], ...[2, 2, 3, 3]],
  ],
  ['a recurrent kernel, gates side by side', 'GRUCell', 'kernel', [2, 3], [0, 0, 1, 0, 0, 1]],
  ['an embedding', 'Embedding', 'embeddings', [3, 2], [0, 0, 0, 0, 1, 1]],
])('block(2, 2) tiles %s as [everything before, outputs]', (_, kind, field, shape, units) => {
  const {unitOf, units: count} = block(2, 2)(weightOfKind(kind, field, shape));
  expect([...(unitOf as Int32Array)]).toEqual(units);
  expect(count).toBe(Math.max(...units) + 1);
});

it('block(height, width) has height rows and width outputs', () => {
  expect([...(block(3, 1)(weightOf([4, 2])).unitOf as Int32Array)]).toEqual([0, 1, 0, 1, 0, 1, 2, 3]);
  expect([...(block(1, 3)(weightOf([2, 4])).unitOf as Int32Array)]).toEqual([0, 0, 0, 1, 2, 2, 2, 3]);
  expect(block(9, 9)(weightOf([2, 4])).units).toBe(1);
});

// Tiles of 2×2, at the edges 2×1, 1×2 and 1×1.
const kernel = [
  [4, -4, 3],
  [4, 4, 2],
  [1, 9, 3],
];

it('block() scores a tile by the mean of its existing elements', async () => {
  const model = oneDense(kernel);
  // The means are 4, 2.5, 5 and 3.
  await prune(model, 0.5, {pattern: block(2, 2)});
  expect(masksOf(model)).toEqual([[1, 1, 0, 1, 1, 0, 1, 1, 0]]);
  await prune(model, 0.75, {pattern: block(2, 2)});
  expect(masksOf(model)).toEqual([[0, 0, 0, 0, 0, 0, 1, 1, 0]]);
});

it("block() with pool: 'max' scores a tile by its best element", async () => {
  const model = oneDense([
    [1, 9, 3],
    [1, 1, 8],
    [5, 5, 7],
  ]);
  // The maxima are 9, 8, 5 and 7, the means 3, 5.5, 5 and 7.
  await prune(model, 0.5, {pattern: block(2, 2, {pool: 'max'})});
  expect(masksOf(model)).toEqual([[1, 1, 1, 1, 1, 1, 0, 0, 0]]);
});

it.each([
  [[0, 2], 'block: height must be a whole number from 1, got 0'],
  [[2, 1.5], 'block: width must be a whole number from 1, got 1.5'],
  [[2, undefined], 'block: width must be a whole number from 1, got undefined'],
  [[2, 2, {pool: 'sum'}], "block: pool must be 'mean' or 'max', got \"sum\""],
  [[2, 2, {pol: 'max'}], 'block: unknown option "pol"; there are pool'],
])('block() rejects %j', (args, message) => {
  expect(() => block(...(args as Parameters<typeof block>))).toThrow(message);
});

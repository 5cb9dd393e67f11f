import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {prunableWeights, prune} from 'tfjs-pruning';
import {coo, csr, multiply, solve, toDense} from 'tfjs-pruning/matrix';
import {expectNoLeakedTensors} from '../support/memory';
import {convNet, kernelsOf, masksOf, oneDense} from '../support/models';
import {uniform} from '../support/sparse';

const by = (rows: number[][]) => tf.tensor2d(rows);

const anyMatrix = (rows: number, columns: number) =>
  fc.array(fc.oneof(fc.constant(0), fc.integer({min: -9, max: 9})), {
    minLength: rows * columns,
    maxLength: rows * columns,
  });

it('coo() and csr() list the nonzeros by row', async () => {
  const matrix = by([
    [0, 5, 0],
    [0, 0, 0],
    [7, 0, 8],
  ]);
  expect(await coo(matrix)).toEqual({
    shape: [3, 3],
    rows: Int32Array.of(0, 2, 2),
    columns: Int32Array.of(1, 0, 2),
    values: Float32Array.of(5, 7, 8),
  });
  const expected = {
    shape: [3, 3],
    offsets: Int32Array.of(0, 1, 1, 3),
    columns: Int32Array.of(1, 0, 2),
    values: Float32Array.of(5, 7, 8),
  };
  expect(await csr(matrix)).toEqual(expected);
  expect(await csr(await coo(matrix))).toEqual(expected);
});

it('coo() and csr() of a pruned weight list the remaining elements', async () => {
  const model = oneDense([
    [1, -2, 3],
    [-4, 5, -6],
  ]);
  await prune(model, 0.5);
  const [weight] = prunableWeights(model);
  weight.value.assign(tf.tensor2d([9, 9, 9, -4, 5, -6], [2, 3]));
  expect([...toDense(await csr(weight)).dataSync()]).toEqual([0, 0, 0, -4, 5, -6]);
});

it('coo() has the rows of a convolution kernel along all axes but the last', async () => {
  const model = convNet();
  await prune(model, 0.8);
  const [weight] = prunableWeights(model);
  const matrix = await coo(weight);
  expect(matrix.shape).toEqual([18, 4]);
  const [[values], [mask]] = [kernelsOf(model), masksOf(model)];
  expect([...toDense(matrix).dataSync()]).toEqual(values.map((value, i) => (mask[i] ? value : 0)));
});

it('toDense() restores any matrix from coo() and csr()', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({min: 1, max: 6}),
      fc.integer({min: 1, max: 6}),
      fc.infiniteStream(fc.integer({min: -2, max: 2})),
      async (rows, columns, values) => {
        const given = tf.tensor2d([...values.take(rows * columns)], [rows, columns]);
        const expected = [...given.dataSync()].map((value) => value + 0);
        expect([...toDense(await coo(given)).dataSync()]).toEqual(expected);
        expect([...toDense(await csr(given)).dataSync()]).toEqual(expected);
      },
    ),
  );
});

it('multiply() equals tf.matMul()', async () => {
  await fc.assert(
    fc.asyncProperty(anyMatrix(4, 3), anyMatrix(3, 2), async (a, b) => {
      const [left, right] = [tf.tensor2d(a, [4, 3]), tf.tensor2d(b, [3, 2])];
      const product = await multiply(await csr(left), right);
      expect(product.shape).toEqual([4, 2]);
      const expected = [...tf.matMul(left, right).dataSync()].map((value) => value + 0);
      expect([...product.dataSync()].map((value) => value + 0)).toEqual(expected);
    }),
  );
});

it('multiply() accepts a vector', async () => {
  const product = await multiply(
    await csr(
      by([
        [0, 2],
        [3, 0],
      ]),
    ),
    tf.tensor1d([5, 7]),
  );
  expect([product.shape, [...product.dataSync()]]).toEqual([[2], [14, 15]]);
});

it('solve() finds the solution of a hand-computed system', async () => {
  const {x, residual, converged, iterations} = await solve(
    await csr(
      by([
        [4, 1],
        [1, 3],
      ]),
    ),
    tf.tensor1d([1, 2]),
  );
  const [first, second] = x.dataSync();
  expect([first, second]).toEqual([expect.closeTo(1 / 11, 6), expect.closeTo(7 / 11, 6)]);
  expect([residual < 1e-6, converged, iterations <= 3]).toEqual([true, true, true]);
});

it('solve() of a diagonal matrix takes one step, thanks to Jacobi', async () => {
  const matrix = await csr(tf.diag(tf.tensor1d([1e-3, 1, 1e3])) as tf.Tensor2D);
  const {x, iterations} = await solve(matrix, tf.tensor1d([1, 2, 3]));
  expect(iterations).toBe(1);
  expect([...x.dataSync()]).toEqual([expect.closeTo(1000, 2), 2, expect.closeTo(0.003, 6)]);
});

it('solve() of a large sparse system leaves no residual', async () => {
  const size = 400;
  const next = uniform(4);
  const rows = Array.from({length: size}, (_, i) =>
    Array.from({length: size}, (_, j) =>
      i === j ? 4 : Math.abs(i - j) === 1 || Math.abs(i - j) === 20 ? -1 : 0,
    ),
  );
  const b = tf.tensor1d(Array.from({length: size}, next));
  const {residual, converged, iterations} = await solve(await csr(by(rows)), b, {tolerance: 1e-8});
  expect([converged, residual < 1e-6, iterations < 150]).toEqual([true, true, true]);
});

it('solve() of more rows than columns gives the least-squares solution and its residual', async () => {
  // A line through (0, 1), (1, 2), (2, 4): 5/6 + 3/2 t, which misses by 1/6, −1/3, 1/6.
  const {x, residual, converged} = await solve(
    await csr(
      by([
        [1, 0],
        [1, 1],
        [1, 2],
      ]),
    ),
    tf.tensor1d([1, 2, 4]),
  );
  expect([...x.dataSync()]).toEqual([expect.closeTo(5 / 6, 5), expect.closeTo(1.5, 5)]);
  expect([residual, converged]).toEqual([expect.closeTo(Math.sqrt(1 / 6), 5), true]);
});

it.each([
  [
    'indefinite',
    [
      [0, 1],
      [1, 0],
    ],
    [2, 3],
    [3, 2],
  ],
  [
    'not symmetric',
    [
      [1, 2],
      [0, 1],
    ],
    [5, 1],
    [3, 1],
  ],
  [
    'empty',
    [
      [0, 0],
      [0, 0],
    ],
    [1, 1],
    [0, 0],
  ],
])('solve() of a matrix that is %s gives the least-squares solution', async (_, rows, b, expected) => {
  const {x} = await solve(await csr(by(rows)), tf.tensor1d(b));
  expect([...x.dataSync()]).toEqual(expected.map((value) => expect.closeTo(value, 4)));
});

it('solve() reports that it did not converge within the maximum number of iterations', async () => {
  const {converged, iterations} = await solve(
    await csr(
      by([
        [4, 1],
        [1, 3],
      ]),
    ),
    tf.tensor1d([1, 2]),
    {iterations: 1},
  );
  expect([converged, iterations]).toEqual([false, 1]);
});

it('the functions of matrices leak no tensors', async () => {
  const [matrix, b] = [
    by([
      [4, 1],
      [1, 3],
    ]),
    tf.tensor1d([1, 2]),
  ];
  await expectNoLeakedTensors(async () => {
    const sparse = await csr(matrix);
    (await multiply(sparse, b)).dispose();
    (await solve(sparse, b)).x.dispose();
    toDense(sparse).dispose();
  });
});

it('the functions of matrices reject wrong shapes', async () => {
  const matrix = await csr(by([[1, 2, 3]]));
  await expect(coo(tf.tensor1d([1]))).rejects.toThrow(
    'coo: expected a weight or a tensor with two or more axes, got [1]',
  );
  await expect(csr(null as never)).rejects.toThrow('got null');
  await expect(multiply(matrix, tf.tensor1d([1]))).rejects.toThrow('multiply: cannot multiply [1,3] by [1]');
  await expect(solve(matrix, tf.tensor1d([1, 2]))).rejects.toThrow(
    'solve: b must have 1 numbers for a matrix [1,3], got [2]',
  );
  await expect(solve(matrix, tf.tensor1d([1]), {tol: 1} as never)).rejects.toThrow('unknown option "tol"');
});

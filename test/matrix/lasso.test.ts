import * as tf from '@tensorflow/tfjs';
import {l1, prune} from 'tfjs-pruning';
import {sparsityLoss} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {lasso} from 'tfjs-pruning/matrix';
import {backends, useBackend} from '../support/backends';
import {expectNoLeakedTensors} from '../support/memory';
import {kernelsOf, masksOf} from '../support/models';

/** Coordinate descent: minimizes over each weight in turn. */
function byCoordinates(x: number[][], y: number[], lambda: number): number[] {
  const n = x.length;
  const w = x[0].map(() => 0);
  for (let round = 0; round < 500; round++) {
    for (let j = 0; j < w.length; j++) {
      const others = (row: number[]) => row.reduce((sum, value, k) => sum + (k === j ? 0 : value * w[k]), 0);
      const slope = x.reduce((sum, row, i) => sum + row[j] * (y[i] - others(row)), 0) / n;
      const curvature = x.reduce((sum, row) => sum + row[j] ** 2, 0) / n;
      w[j] = (Math.sign(slope) * Math.max(0, Math.abs(slope) - lambda)) / curvature;
    }
  }
  return w;
}

/** y = 2·x₀ − x₃ and some noise; the other six features are irrelevant. */
function regression(): {x: tf.Tensor2D; y: tf.Tensor2D} {
  const x = tf.randomNormal([120, 8], 0, 1, 'float32', 1) as tf.Tensor2D;
  const truth = tf.tensor2d([2, 0, 0, -1, 0, 0, 0, 0], [8, 1]);
  const y = tf.matMul(x, truth).add(tf.randomNormal([120, 1], 0, 0.1, 'float32', 2)) as tf.Tensor2D;
  return {x, y};
}

const supportOf = (weights: ArrayLike<number>) =>
  [...Array(weights.length).keys()].filter((i) => weights[i] !== 0);

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it('lasso() of orthogonal features is the soft threshold of least squares', async () => {
    // XᵀX / n = I, so that w is the soft threshold of Xᵀy / n = (2.5, −0.75, 0.25).
    const x = tf.tensor2d([
      [1, 1, 1],
      [1, -1, -1],
      [-1, 1, -1],
      [-1, -1, 1],
    ]);
    const y = tf.matMul(x, tf.tensor2d([2.5, -0.75, 0.25], [3, 1]));
    const {weights, converged} = await lasso(x, y, {lambda: 0.5});
    const [first, second, third] = weights.dataSync();
    expect([first, second, third, converged]).toEqual([
      expect.closeTo(2, 4),
      expect.closeTo(-0.25, 4),
      0,
      true,
    ]);
  });

  it('lasso() finds the weights of coordinate descent', async () => {
    const {x, y} = regression();
    for (const lambda of [0, 0.05, 0.3, 3]) {
      const {weights, converged} = await lasso(x, y, {lambda});
      const expected = byCoordinates(await x.array(), [...y.dataSync()], lambda);
      const found = [...weights.dataSync()];
      expect(converged).toBe(true);
      expect(found).toEqual(expected.map((w) => expect.closeTo(w, 4)));
      expect(supportOf(found)).toEqual(supportOf(expected));
    }
  });
});

it('lasso(), l1() with proximal steps, and magnitude() find the same support', async () => {
  const {x, y} = regression();
  const train = async (callbacks: tf.Callback[]) => {
    const layer = prunableDense({units: 1, useBias: false, inputShape: [8], kernelInitializer: 'zeros'});
    const model = tf.sequential({layers: [layer]});
    model.compile({optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError'});
    await model.fit(x, y, {epochs: 60, batchSize: 120, verbose: 0, callbacks});
    return model;
  };
  const {weights} = await lasso(x, y, {lambda: 0.1});
  const proximal = await train([sparsityLoss({penalty: l1(), strength: 0.2, proximal: true})]);
  const pruned = await train([]);
  await prune(pruned, 0.75);
  expect(supportOf(weights.dataSync())).toEqual([0, 3]);
  expect(supportOf(kernelsOf(proximal)[0])).toEqual([0, 3]);
  expect(supportOf(masksOf(pruned)[0])).toEqual([0, 3]);
  // The loss of the network, the mean of squares, is twice that of the lasso, so the strength is doubled too.
  const [lassoed, trained] = [weights.dataSync(), kernelsOf(proximal)[0]];
  expect(trained).toEqual([...lassoed].map((w) => expect.closeTo(w, 3)));
});

it('lasso() stops after the maximum number of iterations', async () => {
  const {x, y} = regression();
  const {iterations, converged} = await lasso(x, y, {lambda: 0.1, iterations: 7});
  expect([iterations, converged]).toEqual([7, false]);
});

it('lasso() leaks no tensors', async () => {
  const {x, y} = regression();
  await expectNoLeakedTensors(async () => {
    (await lasso(x, y, {lambda: 0.1})).weights.dispose();
  });
});

it('lasso() rejects invalid arguments', async () => {
  const {x, y} = regression();
  await expect(lasso(x, y, {lambda: -1})).rejects.toThrow(
    'lasso: lambda must be a number of at least 0, got -1',
  );
  await expect(lasso(x, tf.zeros([3]), {lambda: 1})).rejects.toThrow(
    'y one value for each of 120 rows, got 3',
  );
  await expect(lasso(x, y, {alpha: 1} as never)).rejects.toThrow('unknown option "alpha"');
});

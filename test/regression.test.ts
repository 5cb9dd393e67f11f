import * as tf from '@tensorflow/tfjs';
import {channel, constant, inputChannel, l1, magnitude, norm, strip, taylor} from 'tfjs-pruning';
import {project, pruning, sparsityLoss} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import './support/cpu';

/** The feature of ten on which y depends; the others are noise. */
const MATTERS = 6;

/** y = 2x with a little noise, and x among nine irrelevant features. */
function examples(): {x: tf.Tensor2D; y: tf.Tensor2D} {
  return tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R2>([256, 10], 0, 1, 'float32', 1);
    const noise = tf.randomNormal([256, 1], 0, 0.1, 'float32', 2);
    return {x, y: tf.add(tf.mul(2, tf.slice(x, [0, MATTERS], [256, 1])), noise) as tf.Tensor2D};
  });
}

/** The kernel after 20 epochs of plain SGD. */
async function fitted(callbacks: tf.Callback[]): Promise<number[]> {
  const model = tf.sequential({
    layers: [
      prunableDense({
        units: 1,
        inputShape: [10],
        kernelInitializer: tf.initializers.randomNormal({stddev: 0.5, seed: 3}),
        name: 'line',
      }),
    ],
  });
  model.compile({optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError'});
  const {x, y} = examples();
  await model.fit(x, y, {epochs: 20, batchSize: 32, shuffle: false, verbose: 0, callbacks});
  const plain = await strip(model);
  const kernel = [...plain.layers[0].getWeights()[0].dataSync()];
  tf.dispose([x, y]);
  plain.dispose();
  model.dispose();
  return kernel;
}

const schedule = constant(0.9);

describe('a regression on y = 2x and nine features of noise', () => {
  it('without pruning has weights for the noise', async () => {
    expect((await fitted([])).filter((weight) => weight !== 0)).toHaveLength(10);
  });

  it.each<[string, () => tf.Callback[]]>([
    ['magnitude()', () => [pruning({schedule, begin: 10, end: 10, importance: magnitude()})]],
    ['taylor()', () => [pruning({schedule, begin: 10, end: 10, importance: taylor()})]],
    ['inputChannel()', () => [pruning({schedule, begin: 10, end: 10, pattern: inputChannel()})]],
    [
      'magnitude() and l1()',
      () => [sparsityLoss({penalty: l1(), strength: 0.01}), pruning({schedule, begin: 10, end: 10})],
    ],
    ['project()', () => [project({sparsity: 0.9})]],
    ['proximal l1() alone', () => [sparsityLoss({penalty: l1(), strength: 0.1, proximal: true})]],
  ])('prunes the noise by %s', async (_, callbacks) => {
    const kernel = await fitted(callbacks());
    expect(kernel.flatMap((weight, i) => (weight === 0 ? [] : i))).toEqual([MATTERS]);
    expect(Math.abs(kernel[MATTERS] - 2)).toBeLessThan(0.1);
  });

  it('prunes no feature by channel(), because the single output remains', async () => {
    const callback = pruning({
      schedule,
      begin: 10,
      end: 10,
      importance: norm({p: 1}),
      pattern: channel(),
      where: ['line'],
    });
    expect((await fitted([callback])).filter((weight) => weight !== 0)).toHaveLength(10);
    expect(callback.results[0].weights[0]).toMatchObject({units: 1, kept: 1});
  });
});

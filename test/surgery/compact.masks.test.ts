import * as tf from '@tensorflow/tfjs';
import {channel, compact, element, global, prunableWeights, prune, report, strip} from 'tfjs-pruning';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import '../support/cpu';

const x = tf.randomNormal([16, 6, 6, 1], 0, 1, 'float32', 1);
const y = tf.tidy(() =>
  tf.cast(
    tf.oneHot(
      tf.tensor1d(
        Array.from({length: 16}, (_, i) => i % 3),
        'int32',
      ),
      3,
    ),
    'float32',
  ),
);

/** A trained network with half of its channels pruned. */
async function narrowed(): Promise<tf.Sequential> {
  const init = (seed: number) => ({kernelInitializer: tf.initializers.glorotUniform({seed})});
  const model = tf.sequential({
    layers: [
      prunableConv2d({filters: 6, kernelSize: 3, inputShape: [6, 6, 1], activation: 'relu', ...init(1)}),
      tf.layers.flatten(),
      prunableDense({units: 12, activation: 'relu', ...init(2)}),
      prunableDense({units: 3, activation: 'softmax', ...init(3)}),
    ],
  });
  model.compile({optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy'});
  await model.trainOnBatch(x, y);
  await prune(model, 0.5, {pattern: channel()});
  return model;
}

function expectClose(a: tf.LayersModel, b: tf.LayersModel): void {
  const [left, right] = [a, b].map((model) => tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync()));
  left.forEach((value, i) => {
    expect(value).toBeCloseTo(right[i], 5);
  });
}

describe('compact() with masks', () => {
  it('returns a smaller model with the same outputs, whose layers can be pruned further', async () => {
    const model = await narrowed();
    const small = await compact(model, {masks: true});
    expect(report(small).weights.map(({shape, kept}) => [shape, kept])).toEqual([
      [[3, 3, 1, 3], 27],
      [[48, 6], 288],
      [[6, 3], 18],
    ]);
    expectClose(small, model);
    const {sparsity} = await prune(small, {keep: 60}, {allocation: global()});
    expect(sparsity).toBeCloseTo(1 - 60 / 333, 6);
  });

  it('trains on like the wide model, with the state of its optimizer', async () => {
    const model = await narrowed();
    const small = await compact(model, {masks: true});
    for (let step = 0; step < 4; step++) {
      await model.trainOnBatch(x, y);
      await small.trainOnBatch(x, y);
    }
    expectClose(small, model);
  });

  it('masks the elements that are pruned, which stay 0 in training', async () => {
    const model = await narrowed();
    await prune(model, {keep: 100}, {pattern: element(), allocation: global()});
    const small = await compact(model, {masks: true});
    const before = report(small).total.kept;
    await small.trainOnBatch(x, y);
    const plain = await strip(small);
    expect(report(small).total.kept).toBe(before);
    expect(before).toBeLessThanOrEqual(100);
    expectClose(plain, small);
  });

  it('leaks nothing, and returns a plain model by default', async () => {
    const model = await narrowed();
    const before = tf.memory().numTensors;
    const small = await compact(model, {masks: true});
    const plain = await compact(model);
    expect(() => prunableWeights(plain)).toThrow('has no prunable layers');
    small.dispose();
    plain.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is an error with a value other than true or false', async () => {
    const model = await narrowed();
    await expect(compact(model, {masks: 'keep' as never})).rejects.toThrow(
      'compact: masks must be true or false, got "keep"',
    );
  });
});

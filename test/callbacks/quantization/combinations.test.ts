import * as tf from '@tensorflow/tfjs';
import {
  channel,
  compact,
  decode,
  encode,
  global,
  polynomial,
  prune,
  report,
  sparsify,
  strip,
} from 'tfjs-pruning';
import {distillation, gates, pruning, quantization} from 'tfjs-pruning/callbacks';
import {useBackend} from '../../support/backends';
import {examples, kernelsOf, mlp, outputsOf} from '../../support/models';
import {compiled, fitOn} from '../../support/training';

/** The number of different values of the remaining weights, by kernel. */
const valuesOf = (model: tf.LayersModel) =>
  kernelsOf(model).map((kernel) => new Set(kernel.filter((value) => value !== 0)).size);

/** Fails unless a file with a codebook of 2 bits decodes to the outputs of a model. */
async function expectExactFile(model: tf.LayersModel): Promise<void> {
  for (const count of valuesOf(model)) expect(count).toBeLessThanOrEqual(4);
  const decoded = await decode(await encode(model, {values: {bits: 2}}));
  expect(outputsOf(decoded)).toEqual(outputsOf(model));
  decoded.dispose();
}

it('quantization() learns from a teacher, and goes on with the soft targets at the rounded weights', async () => {
  const [taught, alone] = [compiled('adam'), compiled('adam')];
  const teacher = mlp();
  const {x} = examples();
  const target = teacher.predict(x) as tf.Tensor;
  const lossOf = (model: tf.LayersModel) =>
    tf.tidy(() => tf.losses.meanSquaredError(target, model.predict(x) as tf.Tensor).dataSync()[0]);
  for (const model of [taught, alone]) await prune(model, 0.5);
  await fitOn(taught, {epochs: 40, callbacks: [distillation({teacher}), quantization({bits: 2})]});
  await fitOn(alone, {epochs: 40, callbacks: [quantization({bits: 2})]});
  expect(lossOf(taught)).toBeLessThan(0.9 * lossOf(alone));
  await expectExactFile(taught);
});

it('quantization() begins when the masks of gates() are final, and keeps them', async () => {
  const model = compiled('adam');
  let kept = Number.NaN;
  const count = new tf.CustomCallback({
    onEpochEnd: async (epoch) => {
      if (epoch === 2) kept = report(model).total.kept;
    },
  });
  await fitOn(model, {
    epochs: 6,
    batchSize: 2,
    callbacks: [gates({strength: 0.3, rate: 0.3, end: 2}), quantization({bits: 2}), count as never],
  });
  expect(kept).toBeLessThan(42);
  expect(report(model).total.kept).toBe(kept);
  await expectExactFile(model);
});

it('quantization() rounds the weights that compact() leaves, in a second fit', async () => {
  const wide = compiled('adam');
  await fitOn(wide, {
    epochs: 3,
    callbacks: [
      pruning({schedule: polynomial({to: 0.5}), pattern: channel(), where: ['hidden'], begin: 0, end: 1}),
    ],
  });
  const narrow = await compact(wide, {masks: true});
  expect(report(narrow).total.size).toBeLessThan(report(wide).total.size);
  await fitOn(narrow, {
    epochs: 6,
    callbacks: [
      pruning({schedule: polynomial({to: 0.5}), allocation: global(), begin: 0, end: 2}),
      quantization({bits: 2}),
    ],
  });
  await expectExactFile(narrow);
});

describe('on wasm', () => {
  useBackend('wasm');

  it('sparsify() computes with the rounded weights of quantization()', async () => {
    const model = compiled('adam');
    await prune(model, 0.7);
    await fitOn(model, {epochs: 4, callbacks: [quantization({bits: 2})]});
    const [plain, sparse] = [await strip(model), await sparsify(model)];
    const expected = outputsOf(plain);
    for (const [i, value] of outputsOf(sparse).entries()) expect(value).toBeCloseTo(expected[i], 5);
    await expectExactFile(model);
  });
});

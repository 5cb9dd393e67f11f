import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {compact} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {imageNetwork, maskAtRandom, stepOf} from '../support/graphs';
import '../support/cpu';

/** The largest difference of what two models make of random inputs, in units of the largest output above 1. */
function difference(a: tf.LayersModel, b: tf.LayersModel): number {
  return tf.tidy(() => {
    const x = a.inputs.map(({shape}) =>
      tf.randomNormal([3, ...(shape.slice(1) as number[])], 0, 1, 'float32', 5),
    );
    const [one, other] = [a, b].map((model) => [model.predict(x)].flat());
    return Math.max(
      ...one.map((output, i) => {
        tf.util.assertShapesMatch(output.shape, other[i].shape);
        const scale = Math.max(1, tf.max(tf.abs(output)).dataSync()[0]);
        return tf.max(tf.abs(tf.sub(output, other[i]))).dataSync()[0] / scale;
      }),
    );
  });
}

it('random networks with branches keep their outputs', async () => {
  let [removed, runs] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepOf, {minLength: 2, maxLength: 12}),
      fc.boolean(),
      fc.nat(1e6),
      fc.constantFrom(0.3, 0.6, 0.9),
      async (steps, ends, seed, share) => {
        const plain = imageNetwork([{...steps[0], kind: 0, padding: 'same'}, ...steps], ends);
        const model = await prunable(plain);
        maskAtRandom(model, seed, share);
        const small = await compact(model);
        const {before, after} = small.compacted;
        runs++;
        removed += +(after.parameters < before.parameters);
        expect(difference(model, small)).toBeLessThan(1e-5);
        for (const made of [plain, model, small]) made.dispose();
      },
    ),
    {numRuns: Number(process.env.RUNS ?? 100), seed: Number(process.env.SEED ?? 7)},
  );
  console.log(removed, runs);
});

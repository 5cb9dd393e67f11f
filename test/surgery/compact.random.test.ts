import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {channel, compact, compactReport, prune} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {imageNetwork, maskAtRandom, type Step, stepOf} from '../support/graphs';

// Ends tests that hang, and no run of many networks.
jest.setTimeout(120_000 + 1_000 * Number(process.env.RUNS ?? 0));

/** A convolution and an activation before a padded convolution, separable or not. */
const beginning = ([one, other]: Step[]): Step[] => [
  {...one, kind: 0, padding: 'same', size: 6, strides: 1},
  {...one, kind: 7, at: 1},
  {...other, kind: other.scale ? 0 : 4, at: 2, padding: 'same'},
];

/** Whether compact reduces the constant inputs of a layer. */
function isCarried(reason: string): boolean {
  const [, after, before] = reason.match(/^(\d+) of (\d+) constant input channels/) ?? [];
  return after < before;
}

/** Whether a reshape ties channels, as in the split into attention heads, so that few can be removed. */
function tiesChannels(model: tf.LayersModel): boolean {
  const lastOf = (shape: unknown) => (shape as number[]).at(-1);
  return model.layers.some(
    (layer) =>
      layer.getClassName() === 'Reshape' &&
      lastOf((layer.input as tf.SymbolicTensor).shape) !== lastOf((layer.output as tf.SymbolicTensor).shape),
  );
}

it('compact() keeps the outputs of random networks with branches, and removes channels of most without tying reshapes', async () => {
  let [lost, untied, carried, runs] = [0, 0, 0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepOf, {minLength: 2, maxLength: 12}),
      fc.boolean(),
      fc.nat(1e6),
      fc.constantFrom(0.3, 0.6, 0.9),
      async (steps, ends, seed, share) => {
        const plain = imageNetwork([...beginning(steps), ...steps], ends);
        const model = await prunable(plain);
        maskAtRandom(model, seed, share);
        const small = await compact(model);
        const {before, after, whole} = compactReport(small);
        runs++;
        carried += +whole.some(({reason}) => isCarried(reason));
        if (!tiesChannels(plain)) {
          untied++;
          lost += +(after.parameters < before.parameters);
        }
        expect(difference(model, small)).toBeLessThan(1e-5);
        for (const made of [plain, model, small]) made.dispose();
      },
    ),
    {numRuns: Number(process.env.RUNS ?? 300), seed: 7},
  );
  expect(lost / untied).toBeGreaterThan(0.5);
  expect(carried / runs).toBeGreaterThan(0.03);
});

it('compact() keeps the outputs of random networks pruned by groups', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepOf, {minLength: 2, maxLength: 12}),
      fc.constantFrom(0.3, 0.6),
      async (steps, share) => {
        const plain = imageNetwork([...beginning(steps), ...steps], true);
        const model = await prunable(plain);
        await prune(model, share, {pattern: channel()});
        const small = await compact(model);
        expect(difference(model, small)).toBeLessThan(1e-5);
        for (const made of [plain, model, small]) made.dispose();
      },
    ),
    {numRuns: Number(process.env.RUNS ?? 40), seed: 8},
  );
});

/** A random network that is called at each of two steps. */
function atEachStep(steps: Step[]): tf.LayersModel {
  const {inputs, outputs} = imageNetwork(steps, true);
  const joined =
    outputs.length > 1 ? (tf.layers.concatenate().apply(outputs) as tf.SymbolicTensor) : outputs[0];
  const layer = tf.model({inputs, outputs: joined}) as tf.layers.Layer;
  const input = tf.input({shape: [2, 6, 6, 2]});
  const output = tf.layers.timeDistributed({layer}).apply(input) as tf.SymbolicTensor;
  return tf.model({inputs: input, outputs: output});
}

it('compact() keeps the outputs of random networks that are called at each step, and removes channels of most', async () => {
  let [lost, runs] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepOf, {minLength: 2, maxLength: 12}),
      fc.nat(1e6),
      fc.constantFrom(0.3, 0.6, 0.9),
      async (steps, seed, share) => {
        const plain = atEachStep([...beginning(steps), ...steps]);
        const model = await prunable(plain);
        maskAtRandom(model, seed, share);
        const small = await compact(model);
        const {before, after} = compactReport(small);
        runs++;
        lost += +(after.parameters < before.parameters);
        expect(difference(model, small)).toBeLessThan(1e-5);
        for (const made of [plain, model, small]) made.dispose();
      },
    ),
    {numRuns: Number(process.env.RUNS ?? 20), seed: 9},
  );
  expect(lost / runs).toBeGreaterThan(0.3);
});

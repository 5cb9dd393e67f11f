import fc from 'fast-check';
import {report, sparsify} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {useBackend} from '../support/backends';
import {difference} from '../support/compare';
import {imageNetwork, maskAtRandom, type Step, stepOf} from '../support/graphs';

/** A convolution, a norm and an activation; later steps may branch off each of them. */
const beginning = (step: Step): Step[] => [
  {...step, kind: 0, padding: 'same', size: 4, activation: 'linear'},
  {...step, kind: 2, at: 1},
  {...step, kind: 7, at: 2},
];

describe('on wasm', () => {
  useBackend('wasm');

  it('sparsify() keeps the outputs of random networks with branches, and runs most of them on nonzeros', async () => {
    let [folded, sparse, runs] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(stepOf, {minLength: 2, maxLength: 12}),
        fc.boolean(),
        fc.nat(1e6),
        fc.constantFrom(0.3, 0.6, 0.9),
        async (steps, ends, seed, share) => {
          const plain = imageNetwork([...beginning(steps[0]), ...steps], ends);
          const model = await prunable(plain);
          maskAtRandom(model, seed, share);
          const fast = await sparsify(model);
          expect(difference(model, fast)).toBeLessThan(1e-5);
          runs++;
          folded += +(fast.layers.length < model.layers.length);
          sparse += +report(fast).weights.some((row) => row.runs?.startsWith('sparse'));
          for (const made of [plain, model, fast]) made.dispose();
        },
      ),
      {numRuns: Number(process.env.RUNS ?? 100), seed: 9},
    );
    expect(folded / runs).toBeGreaterThan(0.1);
    expect(sparse / runs).toBeGreaterThan(0.5);
  });
});

import fc from 'fast-check';
import {channel, compact, prune} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {imageNetwork, maskAtRandom, stepOf} from '../support/graphs';

it('random networks with branches keep their outputs, and most of them lose something', async () => {
  let [lost, runs] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepOf, {minLength: 2, maxLength: 12}),
      fc.boolean(),
      fc.nat(1e6),
      fc.constantFrom(0.3, 0.6, 0.9),
      async (steps, ends, seed, share) => {
        const plain = imageNetwork([{...steps[0], kind: 0, padding: 'same', size: 4}, ...steps], ends);
        const model = await prunable(plain);
        maskAtRandom(model, seed, share);
        const small = await compact(model);
        const {before, after} = small.compacted;
        runs++;
        lost += +(after.parameters < before.parameters);
        expect(difference(model, small)).toBeLessThan(1e-5);
        for (const made of [plain, model, small]) made.dispose();
      },
    ),
    {numRuns: Number(process.env.RUNS ?? 100), seed: 7},
  );
  expect(lost / runs).toBeGreaterThan(0.5);
});

it('random networks pruned by groups keep their outputs', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepOf, {minLength: 2, maxLength: 12}),
      fc.constantFrom(0.3, 0.6),
      async (steps, share) => {
        const plain = imageNetwork([{...steps[0], kind: 0, padding: 'same', size: 4}, ...steps], true);
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

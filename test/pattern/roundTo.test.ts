import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {channel, compact, global, prune, report, threshold} from 'tfjs-pruning';
import {prunableDense} from 'tfjs-pruning/layers';
import {seeded} from '../support/models';

function network(...units: number[]): tf.LayersModel {
  return tf.sequential({
    layers: [...units, 3].map((count, i) =>
      prunableDense({
        name: `d${i}`,
        units: count,
        kernelInitializer: seeded(i + 1),
        ...(i ? {} : {inputShape: [4]}),
      }),
    ),
  });
}

it('channel({roundTo: 4}) rounds the kept channels up to multiples of four, and reports it', async () => {
  const model = network(16, 20, 6, 3);
  const result = await prune(model, 0.5, {pattern: channel({roundTo: 4})});
  expect(result.weights.map(({asked, kept}) => [asked, kept])).toEqual([
    [8, 8],
    [10, 12],
    [3, 4],
    [2, 3],
  ]);
  expect(result.weights.map(({note}) => note)).toEqual([
    undefined,
    '10 units were asked for, 12 stay, in multiples of 4',
    '3 units were asked for, 4 stay, in multiples of 4',
    '2 units were asked for, 3 stay, in multiples of 4',
  ]);
  expect(`${result}`).toContain('d1/kernel: 10 units were asked for, 12 stay');
  const small = await compact(model);
  expect(small.layers.map(({outputShape}) => outputShape[1])).toEqual([8, 12, 4, 3, 3]);
});

it('roundTo keeps the best channels, no fewer than without it, and no more than remained', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({min: 1, max: 24}), {minLength: 1, maxLength: 3}),
      fc.integer({min: 1, max: 9}),
      fc.integer({min: 0, max: 99}),
      async (units, roundTo, percent) => {
        const model = network(...units);
        const {weights} = await prune(model, percent / 100, {
          pattern: channel({roundTo}),
          allocation: global(),
        });
        const plain = network(...units);
        const exact = await prune(plain, percent / 100, {pattern: channel(), allocation: global()});
        weights.forEach(({asked, kept}, i) => {
          expect(asked).toBe(exact.weights[i].asked);
          expect(kept).toBe(Math.min(units[i], Math.ceil(asked / roundTo) * roundTo));
        });
        expect(
          report(model)
            .weights.slice(0, -1)
            .map(({kept}, i) => kept / (units[i - 1] ?? 4)),
        ).toEqual(weights.map(({kept}) => kept));
        tf.dispose([model.weights.map((one) => one.read()), plain.weights.map((one) => one.read())]);
      },
    ),
    {seed: 1, numRuns: 40},
  );
});

it('roundTo never frees channels in a second pruning', async () => {
  const model = network(8);
  await prune(model, 0.25, {pattern: channel()});
  const {weights} = await prune(model, 0.25, {pattern: channel({roundTo: 4})});
  expect(weights).toMatchObject([{asked: 6, kept: 6}]);
});

it('tied channels keep the same multiple, and each of their weights reports it', async () => {
  const input = tf.input({shape: [4]});
  const branches = [1, 2].map(
    (seed) => prunableDense({units: 10, kernelInitializer: seeded(seed)}).apply(input) as tf.SymbolicTensor,
  );
  const added = tf.layers.add().apply(branches) as tf.SymbolicTensor;
  const model = tf.model({
    inputs: input,
    outputs: prunableDense({units: 2}).apply(added) as tf.SymbolicTensor,
  });
  const {weights} = await prune(model, 0.5, {pattern: channel({roundTo: 4})});
  expect(weights).toMatchObject([
    {asked: 5, kept: 8, note: '5 units were asked for, 8 stay, in multiples of 4'},
    {asked: 5, kept: 8, note: '5 units were asked for, 8 stay, in multiples of 4'},
  ]);
});

it('roundTo rounds the count of a threshold like that of a sparsity', async () => {
  const {weights} = await prune(network(10), threshold({quantile: 0.5}), {pattern: channel({roundTo: 4})});
  expect(weights).toMatchObject([{asked: 5, kept: 8}]);
});

it.each([0, 1.5, '4'])('channel() rejects roundTo: %p', (roundTo) => {
  expect(() => channel({roundTo: roundTo as number})).toThrow(
    'channel: roundTo must be a whole number from 1, got',
  );
  expect(() => channel({multiple: 4} as never)).toThrow(
    'channel: unknown option "multiple"; there are roundTo',
  );
});

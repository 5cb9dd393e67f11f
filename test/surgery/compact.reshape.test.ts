import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {compact, compactReport, prunableWeights} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {seeded} from '../support/models';

const {layers} = tf;
type Layer = tf.layers.Layer;

/** A dense layer, layers that move its outputs, and a layer that consumes them. */
async function network(
  [steps, units]: number[],
  moves: Layer[],
  args: object = {useBias: false},
): Promise<tf.LayersModel> {
  const first = layers.dense({
    name: 'first',
    units,
    kernelInitializer: seeded(units),
    biasInitializer: seeded(steps),
    ...args,
  });
  const last = layers.dense({units: 3, kernelInitializer: seeded(2)});
  return prunable(
    tf.sequential({layers: [layers.inputLayer({inputShape: [steps, 5]}), first, ...moves, last]}),
  );
}

/** Masks some channels of the first layer. */
function mask(model: tf.LayersModel, goes: number[]): void {
  const [weight] = prunableWeights(model);
  const units = weight.value.shape[1] as number;
  const bits = Array.from({length: weight.value.size}, (_, i) => +!goes.includes(i % units));
  tf.tidy(() => weight.mask.assign(tf.tensor(bits, weight.value.shape, 'bool')));
}

const reshape = (...targetShape: number[]) => layers.reshape({targetShape});
const permute = (...dims: number[]) => layers.permute({dims});
type Row = [name: string, shape: number[], moves: () => Layer[], tied: number[]];
/** Reshapes, with the channels that they tie. */
const rows: Row[] = [
  ['[3, 4] to [6, 2]', [3, 4], () => [reshape(6, 2)], [0, 2]],
  ['[4, 3] to [2, 6]', [4, 3], () => [reshape(2, 6)], [0]],
  ['[3, 4] to [2, 6]', [3, 4], () => [reshape(2, 6)], [1, 3]],
  ['[6, 4] to [4, 6]', [6, 4], () => [reshape(4, 6)], [0, 2]],
  ['[3, 4] to [12]', [3, 4], () => [reshape(12)], [3]],
  ['attention heads', [3, 8], () => [reshape(3, 2, 4)], [1, 5]],
  ['attention heads, steps last but one', [3, 8], () => [reshape(3, 4, 2), permute(2, 1, 3)], [1, 3, 5, 7]],
  [
    'attention heads and back',
    [3, 8],
    () => [reshape(3, 2, 4), permute(2, 1, 3), permute(2, 1, 3), reshape(3, 8)],
    [0, 4],
  ],
  ['two reshapes', [3, 4], () => [reshape(6, 2), reshape(2, 6)], [0, 2]],
  ['steps that become channels', [4, 6], () => [permute(2, 1), reshape(3, 8)], [0, 2, 4]],
];

describe.each(rows)('with a reshape of %s', (_, shape, moves, tied) => {
  it('compact() keeps the outputs for any masked channel', async () => {
    for (const args of [{useBias: false}, {activation: 'sigmoid'}, {}]) {
      const model = await network(shape, moves(), args);
      for (let unit = 0; unit < shape[1]; unit++) {
        mask(model, [unit]);
        const small = await compact(model);
        expect(difference(model, small)).toBeLessThan(1e-5);
        small.dispose();
      }
    }
  });

  it('compact() removes tied channels if all of them are masked', async () => {
    const model = await network(shape, moves());
    mask(model, tied);
    const small = await compact(model);
    expect(difference(model, small)).toBeLessThan(1e-5);
    expect(compactReport(small).layers[0]).toMatchObject({before: shape[1], after: shape[1] - tied.length});
  });

  it('compact() keeps tied channels if one of them remains', async () => {
    const model = await network(shape, moves());
    mask(model, tied.slice(1));
    const small = await compact(model);
    expect(compactReport(small).layers[0].after).toBe(shape[1]);
  });
});

/** The factorizations of a number into two factors. */
const factors = (size: number) =>
  [...Array(size).keys()].map((i) => [i + 1, size / (i + 1)]).filter(([, other]) => Number.isInteger(other));

it('compact() keeps the outputs of any two reshapes in a row, with any masks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({min: 1, max: 6}),
      fc.integer({min: 2, max: 8}),
      fc.nat(),
      fc.nat(),
      fc.nat(),
      fc.constantFrom({useBias: false}, {activation: 'sigmoid'}, {}),
      async (steps, units, one, other, goes, args) => {
        const shapes = factors(steps * units);
        const moves = [one, other].map((i) => reshape(...shapes[i % shapes.length]));
        const model = await network([steps, units], moves, args);
        mask(
          model,
          [...Array(units).keys()].filter((unit) => (goes >> unit) & 1 && unit > 0),
        );
        const small = await compact(model);
        expect(difference(model, small)).toBeLessThan(1e-5);
        for (const made of [model, small]) made.dispose();
      },
    ),
    {numRuns: Number(process.env.RUNS ?? 50), seed: 3},
  );
});

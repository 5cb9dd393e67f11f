import * as tf from '@tensorflow/tfjs';
import {
  activation,
  activationEntropy,
  apoz,
  contribution,
  fisher,
  geometricMedian,
  gradient,
  hessian,
  type Importance,
  movement,
  norm,
  taylor,
  weightEntropy,
  weightZeros,
} from 'tfjs-pruning';
import {weightOf} from '../support/weights';

// Three inputs, two units.
const kernel = [
  [1, -2],
  [0, 3],
  [-3, 0],
];

// What training would show of it, by the names of the statistics.
const statistics = Object.fromEntries(
  Object.entries({
    meanAbsGradient: [1, 0.5, 2, 0, 0.1, 4],
    hessianDiagonal: [2, 0.5, 1, 1, 0.5, 3],
    meanSquareGradient: [1, 0.25, 4, 0.5, 0.01, 16],
    weightTimesGradient: [2, -1, 0, 3, -5, 0],
    outputTimesGradient: [0.5, -2],
    meanOutput: [-1, 0.5],
    meanAbsOutput: [1, 0.75],
    maxOutput: [0.25, 2],
    activeShare: [1, 0.4],
    // Of the first unit all in one bin, of the second half in each of two.
    'outputHistogram/16': [4, 2, 0, 2, ...Array(28).fill(0)],
    'outputHistogram/2': [4, 2, 0, 2],
    'inputHistogram/2': [4, 2, 1, 0, 2, 3],
  }).map(([name, values]) => [name, Float32Array.from(values)]),
);

const units = (first: number, second: number) => [first, second, first, second, first, second];
const ln = Math.log;

it.each<[string, Importance, number[]]>([
  ['norm()', norm(), units(4, 5)],
  ['norm({p: 2})', norm({p: 2}), units(Math.sqrt(10), Math.sqrt(13))],
  // Between [1, 0, −3] and [−2, 3, 0] lie √(9 + 9 + 9).
  ['geometricMedian()', geometricMedian(), units(Math.sqrt(27), Math.sqrt(27))],
  ['weightZeros()', weightZeros(), units(2 / 3, 2 / 3)],
  // The range is −3 to 3, in halves: one of 1, 0, −3 is above 0, and one of −2, 3, 0.
  ['weightEntropy({bins: 2})', weightEntropy({bins: 2}), units(...split(1 / 3))],
  ['gradient()', gradient(), [1, 0.5, 2, 0, 0.1, 4]],
  ['taylor()', taylor(), [1, 1, 0, 0, 0.3, 0]],
  ['fisher()', fisher(), [1, 1, 0, 4.5, 0.09, 0]],
  // ½ · w² · H.
  ['hessian()', hessian(), [1, 1, 0, 4.5, 2.25, 0]],
  ['movement()', movement(), [-2, 1, 0, -3, 5, 0]],
  ['contribution()', contribution(), units(0.5, 2)],
  ['contribution({signed: true})', contribution({signed: true}), units(0.5, -2)],
  ['activation()', activation(), units(1, 0.75)],
  ["activation({statistic: 'mean'})", activation({statistic: 'mean'}), units(-1, 0.5)],
  ["activation({statistic: 'max'})", activation({statistic: 'max'}), units(0.25, 2)],
  ['apoz()', apoz(), units(1, 0.4)],
  ['activationEntropy()', activationEntropy(), units(0, ln(2))],
  ['activationEntropy({bins: 2})', activationEntropy({bins: 2}), units(0, ln(2))],
  [
    "activationEntropy({bins: 2, side: 'input'})",
    activationEntropy({bins: 2, side: 'input'}),
    // Each input has a row; its histogram is a column of [[4, 2, 1], [0, 2, 3]].
    [0, ln(2), 0.25 * ln(4) + 0.75 * ln(4 / 3)].flatMap((entropy) => [entropy, entropy]),
  ],
])('%s equals the hand-computed scores', (_, importance, expected) => {
  const scores = importance(weightOf(tf.tensor2d(kernel), {statistics}));
  expect(scores.shape).toEqual([3, 2]);
  for (const [i, score] of scores.dataSync().entries()) expect(score).toBeCloseTo(expected[i], 5);
});

/** The entropy of a share and the rest, for both units. */
function split(share: number): [number, number] {
  const entropy = -share * ln(share) - (1 - share) * ln(1 - share);
  return [entropy, entropy];
}

it('all gates of a recurrent unit have the same score', () => {
  // One input, two units with two gates each: the outputs are unit 0 and 1 of the first gate, then of the second.
  const weight = weightOf(tf.tensor2d([[1, -2, 3, 4]]), {gates: 2, statistics});
  expect([...norm()(weight).dataSync()]).toEqual([4, 6, 4, 6]);
  expect([...activation()(weight).dataSync()]).toEqual([1, 0.75, 1, 0.75]);
});

it('the units of a depthwise kernel are its channels times multipliers', () => {
  // Two places, two channels, one multiplier.
  const weight = weightOf(tf.tensor4d([1, -2, 3, 4], [2, 1, 2, 1]), {
    axes: {output: [2, 3], input: 2},
    statistics,
  });
  expect([...norm()(weight).dataSync()]).toEqual([4, 6, 4, 6]);
  expect([...activation()(weight).dataSync()]).toEqual([1, 0.75, 1, 0.75]);
});

it('the units of a transposed convolution are along its last axis but one', () => {
  const weight = weightOf(tf.tensor4d([1, -2, 3, 4], [1, 1, 2, 2]), {
    axes: {output: 2, input: 3},
    statistics,
  });
  expect([...norm()(weight).dataSync()]).toEqual([3, 3, 7, 7]);
  expect([...activation()(weight).dataSync()]).toEqual([1, 1, 0.75, 0.75]);
});

it.each([
  [() => norm({p: 3 as never}), 'norm: p must be 1 or 2, got 3'],
  [() => contribution({sign: true} as never), 'contribution: unknown option "sign"'],
  [
    () => activation({statistic: 'sum' as never}),
    `activation: statistic must be 'abs', 'mean' or 'max', got "sum"`,
  ],
  [
    () => activationEntropy({side: 'both' as never}),
    `activationEntropy: side must be 'output' or 'input', got "both"`,
  ],
  [() => activationEntropy({bins: 1}), 'bins must be a whole number from 2, got 1'],
  [() => weightEntropy({bins: 2.5}), 'weightEntropy: bins must be a whole number from 2, got 2.5'],
])('%p is rejected', (make, message) => {
  expect(make).toThrow(message);
});

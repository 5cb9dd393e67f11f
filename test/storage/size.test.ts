import fc from 'fast-check';
import type {Values} from 'tfjs-pruning';
import {encodeArtifacts} from 'tfjs-pruning/storage';
import {size} from '../../src/model/axes';
import {riceCost} from '../../src/storage/write/gaps';
import {writePositions} from '../../src/storage/write/positions';
import {Writer} from '../../src/storage/write/Writer';
import {floatArtifacts, sparseNormals} from '../support/sparse';

const SIDE = 1024;

const entropy = (s: number) => -s * Math.log2(s) - (1 - s) * Math.log2(1 - s);

function positionsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.length).map((_, i) => i).filter((i) => values[i] !== 0);
}

/** The size of encoded positions, in bytes. */
function lengthOf(shape: number[], values: Float32Array, width = 32): number {
  const writer = new Writer();
  writePositions(writer, positionsOf(values), shape, width);
  return writer.length;
}

it.each([0.5, 0.8, 0.9, 0.95, 0.99])(
  'a random mask of sparsity %s takes at most 5 %% more than its entropy',
  (s) => {
    const values = sparseNormals(SIDE ** 2, s);
    expect((lengthOf([SIDE, SIDE], values) * 8) / (SIDE ** 2 * entropy(s))).toBeLessThan(1.05);
  },
);

it.each<[Values, number]>([
  ['float32', 8.6],
  ['int8', 24],
  [{bits: 5}, 32],
])('a layer of sparsity 0.9 written as %j is %d times smaller than float32', async (values, times) => {
  const artifacts = floatArtifacts(
    {shape: [SIDE, SIDE], values: sparseNormals(SIDE ** 2, 0.9)},
    {shape: [SIDE], values: new Float32Array(SIDE)},
  );
  const {length} = await encodeArtifacts(artifacts, {values});
  expect((4 * SIDE ** 2) / length).toBeGreaterThan(times);
});

const every: Values[] = ['float16', 'int8', ...[1, 2, 3, 4, 5, 6, 7, 8].map((bits) => ({bits}))];

it.each<[string, number[][]]>([
  ['a layer of 64 × 64', [[64, 64]]],
  ['300 layers of 8 × 8', Array(300).fill([8, 8])],
  [
    'a row, a column and a depthwise kernel',
    [
      [1, 512],
      [512, 1],
      [3, 3, 64, 1],
    ],
  ],
  [
    'weights of one and two elements',
    [
      [1, 1],
      [1, 2],
      [2, 1],
      [1, 1, 1, 2],
    ],
  ],
])('%s takes no more than float32 in any precision, at any sparsity', async (_, shapes) => {
  for (const s of [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1]) {
    const artifacts = floatArtifacts(
      ...shapes.map((shape, i) => ({shape, values: sparseNormals(size(shape), s, i + 1)})),
    );
    const most = (await encodeArtifacts(artifacts)).length;
    for (const values of every) {
      const {length} = await encodeArtifacts(artifacts, {values});
      expect({s, values, isLonger: length > most}).toEqual({s, values, isLonger: false});
    }
  }
});

it('any tensor takes no more than float32 in any precision', async () => {
  const numbers = fc.oneof(
    {weight: 2, arbitrary: fc.constant(0)},
    fc.float({noNaN: true, min: -1e4, max: 1e4}),
  );
  const tensor = fc
    .array(fc.integer({min: 1, max: 12}), {minLength: 2, maxLength: 4})
    .filter((shape) => size(shape) <= 1500)
    .chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        values: fc.array(numbers, {minLength: size(shape), maxLength: size(shape)}),
      }),
    );
  await fc.assert(
    fc.asyncProperty(tensor, fc.constantFrom(...every), async (one, values) => {
      const artifacts = floatArtifacts(one);
      const [{length}, {length: most}] = await Promise.all([
        encodeArtifacts(artifacts, {values}),
        encodeArtifacts(artifacts),
      ]);
      expect(length).toBeLessThanOrEqual(most);
    }),
    {numRuns: 200},
  );
});

it('a dense tensor is written without positions', () => {
  expect(lengthOf([10, 10], new Float32Array(100).fill(1))).toBe(1);
});

it('a tensor with few zeros is written with values for them if that is shorter', () => {
  const values = new Float32Array(1000).fill(1).fill(0, 500, 501);
  expect(lengthOf([1, 1000], values, 32)).toBe(1);
  expect(lengthOf([1, 1000], values, Number.POSITIVE_INFINITY)).toBe(1 + 125);
});

it('empty rows and columns take one bit each', () => {
  const values = Float32Array.from(
    {length: 64 * 32},
    (_, i) => +(Math.floor(i / 32) % 2 === 0 && i % 4 === 1),
  );
  expect(lengthOf([64, 32], values)).toBe(1 + 8 + 4);
});

it('a tensor of zeros takes one bit for its only row', () => {
  expect(lengthOf([100], new Float32Array(100))).toBe(2);
});

it.each([
  [[0, 1, 2, 3], 0, 4],
  [[3, 7, 11], 1, 9],
  [[1000], 9, 11],
])('the gaps of %j are shortest with k = %d: %d bits', (positions, k, bits) => {
  expect(riceCost(Uint32Array.from(positions))).toEqual({k, bits});
});

it('the chosen k of the Rice codes gives the shortest codes', () => {
  for (const s of [0.3, 0.6, 0.9, 0.99, 0.999]) {
    const positions = positionsOf(sparseNormals(20_000, s));
    const gaps = [...positions].map((position, i) => position - (positions[i - 1] ?? -1) - 1);
    const costs = Array.from({length: 25}, (_, k) => gaps.reduce((sum, gap) => sum + k + 1 + (gap >> k), 0));
    expect(riceCost(positions).bits).toBe(Math.min(...costs));
  }
});

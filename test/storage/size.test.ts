import {encodeArtifacts, type Values} from 'tfjs-pruning';
import {riceCost} from '../../src/storage/write/gaps';
import {writePositions} from '../../src/storage/write/positions';
import {Writer} from '../../src/storage/write/Writer';
import {floatArtifacts, sparseNormals} from '../support/sparse';

const SIDE = 1024;

const entropy = (s: number) => -s * Math.log2(s) - (1 - s) * Math.log2(1 - s);

function positionsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.length).map((_, i) => i).filter((i) => values[i] !== 0);
}

/** What positions take, in bytes. */
function lengthOf(shape: number[], values: Float32Array, width = 32): number {
  const writer = new Writer();
  writePositions(writer, positionsOf(values), shape, width);
  return writer.length;
}

it.each([0.5, 0.8, 0.9, 0.95, 0.99])(
  'a random mask of sparsity %s takes its entropy and 5 %% at most',
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

it('a dense tensor has no positions', () => {
  expect(lengthOf([10, 10], new Float32Array(100).fill(1))).toBe(1);
});

it('a tensor of few zeros has a value for them too, where that is shorter', () => {
  const values = new Float32Array(1000).fill(1).fill(0, 500, 501);
  expect(lengthOf([1, 1000], values, 32)).toBe(1);
  expect(lengthOf([1, 1000], values, Number.POSITIVE_INFINITY)).toBe(1 + 125);
});

it('empty rows and columns take a bit each', () => {
  const values = Float32Array.from(
    {length: 64 * 32},
    (_, i) => +(Math.floor(i / 32) % 2 === 0 && i % 4 === 1),
  );
  expect(lengthOf([64, 32], values)).toBe(1 + 8 + 4);
});

it('a tensor of zeros takes a bit for its only row', () => {
  expect(lengthOf([100], new Float32Array(100))).toBe(2);
});

it.each([
  [[0, 1, 2, 3], 0, 4],
  [[3, 7, 11], 1, 9],
  [[1000], 9, 11],
])('the gaps of %j are shortest with k = %d: %d bits', (positions, k, bits) => {
  expect(riceCost(Uint32Array.from(positions))).toEqual({k, bits});
});

it('the k chosen is the best of all', () => {
  for (const s of [0.3, 0.6, 0.9, 0.99, 0.999]) {
    const positions = positionsOf(sparseNormals(20_000, s));
    const gaps = [...positions].map((position, i) => position - (positions[i - 1] ?? -1) - 1);
    const costs = Array.from({length: 25}, (_, k) => gaps.reduce((sum, gap) => sum + k + 1 + (gap >> k), 0));
    expect(riceCost(positions).bits).toBe(Math.min(...costs));
  }
});

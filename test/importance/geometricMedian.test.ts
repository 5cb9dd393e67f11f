import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {geometricMedian} from 'tfjs-pruning';
import {weightOf} from '../support/weights';

/** The sums of distances between columns, by the definition. */
function distances(rows: number[][], alive: number[]): number[] {
  return rows[0].map((_, u) =>
    alive.reduce((sum, weight, v) => sum + weight * Math.hypot(...rows.map((row) => row[u] - row[v])), 0),
  );
}
const scoresOf = (weight: Parameters<ReturnType<typeof geometricMedian>>[0]) =>
  tf.tidy(() => [...geometricMedian()(weight).dataSync()]);

it('geometricMedian() sums the distances of each unit to the others', () => {
  const number = fc.double({min: -10, max: 10, noNaN: true});
  const rows = fc.array(fc.array(number, {minLength: 4, maxLength: 4}), {minLength: 1, maxLength: 6});
  fc.assert(
    fc.property(rows, (given) => {
      const scores = scoresOf(weightOf(tf.tensor2d(given)));
      const expected = distances(given, [1, 1, 1, 1]);
      for (const [i, score] of scores.entries()) expect(Math.abs(score - expected[i % 4])).toBeLessThan(0.05);
    }),
    {numRuns: 50},
  );
});

it('geometricMedian() scores a unit lowest that equals others, however far from 0 all are', () => {
  const rows = [
    [1000, 1000, 1000, 1003],
    [1000, 1000, 1001, 999],
  ];
  const scores = scoresOf(weightOf(tf.tensor2d(rows))).slice(0, 4);
  expect(scores).toEqual(distances(rows, [1, 1, 1, 1]).map((score) => expect.closeTo(score, 1)));
  expect(Math.min(...scores)).toBe(scores[0]);
});

it('geometricMedian() leaves out units that are masked already', () => {
  const rows = [
    [1, 5, 2],
    [1, 5, 4],
  ];
  const weight = weightOf(tf.tensor2d(rows));
  weight.mask.assign(tf.tensor2d([1, 0, 1, 1, 0, 1], [2, 3], 'bool'));
  const zeroed = rows.map(([a, , c]) => [a, 0, c]);
  expect(scoresOf(weight).slice(0, 3)).toEqual(
    distances(zeroed, [1, 0, 1]).map((score) => expect.closeTo(score, 4)),
  );
});

it('geometricMedian() gives all gates of a recurrent unit one score', () => {
  // One input, two units of two gates: the distance is √((1 − −2)² + (3 − 4)²).
  const weight = weightOf(tf.tensor2d([[1, -2, 3, 4]]), {gates: 2});
  expect(scoresOf(weight)).toEqual(Array(4).fill(expect.closeTo(Math.sqrt(10), 4)));
});

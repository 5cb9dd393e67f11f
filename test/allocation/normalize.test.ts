import fc from 'fast-check';
import {lamp} from 'tfjs-pruning';

it('lamp() is s² divided by the sum of squares of the scores that rank no lower', () => {
  // 1, 2, 3 have 1/14, 4/13 and 9/9.
  const [three, one, two] = lamp(Float32Array.of(3, 1, 2));
  expect(three).toBe(1);
  expect(one).toBeCloseTo(1 / 14, 6);
  expect(two).toBeCloseTo(4 / 13, 6);
});

it('lamp() ranks the first of equal scores highest', () => {
  const scores = [...lamp(Float32Array.of(2, 2, 2))];
  [1, 1 / 2, 1 / 3].forEach((score, i) => {
    expect(scores[i]).toBeCloseTo(score, 6);
  });
  expect([...lamp(new Float32Array(2))]).toEqual([0, 0]);
  expect([...lamp(Float32Array.of(-0, 1, 0))]).toEqual([0, 1, 0]);
});

it('lamp() equals the sums of a sort in the same order, and leaves the scores unchanged', () => {
  const scores = fc.array(fc.oneof(fc.float({min: 0, max: 1000, noNaN: true}), fc.constantFrom(0, 1, 1, 2)), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(scores, (given) => {
      const before = Float32Array.from(given);
      const found = lamp(before);
      expect([...before]).toEqual([...Float32Array.from(given)]);
      const order = [...given.keys()].sort((a, b) => given[b] - given[a] || a - b);
      let energy = 0;
      for (const i of order) {
        energy += given[i] ** 2;
        expect(found[i]).toBeCloseTo(energy > 0 ? given[i] ** 2 / energy : 0, 5);
      }
    }),
    {seed: 1, numRuns: 200},
  );
});

it('lamp() rejects scores below 0', () => {
  expect(() => lamp(Float32Array.of(1, -2))).toThrow('lamp: scores must be 0 or more, as magnitudes, got -2');
});

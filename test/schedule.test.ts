import fc from 'fast-check';
import {
  constant,
  cosine,
  exponential,
  type Keep,
  linear,
  polynomial,
  type Schedule,
  steps,
} from 'tfjs-pruning';

/** The values of a schedule at progress 0, ¼, ½, ¾ and 1. */
const valuesOf = (schedule: Schedule) => [0, 0.25, 0.5, 0.75, 1].map(schedule);

function expectValues(schedule: Schedule, expected: number[]): void {
  valuesOf(schedule).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 12);
  });
}

const ramps: [name: string, make: (ramp: {from?: number; to: number}) => Schedule][] = [
  ['linear', linear],
  ['polynomial', polynomial],
  ['cosine', cosine],
  ['exponential', exponential],
];

it('constant() does not depend on progress', () => {
  expect(valuesOf(constant(0.7))).toEqual([0.7, 0.7, 0.7, 0.7, 0.7]);
});

it('linear() is from + (to − from)·p', () => {
  expectValues(linear({to: 0.8}), [0, 0.2, 0.4, 0.6, 0.8]);
  expectValues(linear({from: 0.4, to: 0.8}), [0.4, 0.5, 0.6, 0.7, 0.8]);
});

it('polynomial() is to + (from − to)·(1 − p)^power, with power 3 by default', () => {
  expectValues(polynomial({to: 0.64}), [0, 0.64 - 0.64 * 0.421875, 0.56, 0.63, 0.64]);
  expectValues(polynomial({from: 0.2, to: 1, power: 2}), [0.2, 0.55, 0.8, 0.95, 1]);
});

it('cosine() is to + (from − to)·(1 + cos πp)/2', () => {
  const quarter = (1 - Math.SQRT1_2) / 2;
  expectValues(cosine({to: 0.9}), [0, 0.9 * quarter, 0.45, 0.9 * (1 - quarter), 0.9]);
  expectValues(cosine({from: 0.1, to: 0.9}), [0.1, 0.1 + 0.8 * quarter, 0.5, 0.9 - 0.8 * quarter, 0.9]);
});

it('exponential() keeps (1 − from)^(1−p)·(1 − to)^p', () => {
  expectValues(exponential({to: 0.9999}), [0, 0.9, 0.99, 0.999, 0.9999]);
  expectValues(exponential({from: 0.75, to: 0.9375}), [0.75, 1 - 2 ** -2.5, 0.875, 1 - 2 ** -3.5, 0.9375]);
});

it('steps() returns its values in order, each for an equal span', () => {
  const schedule = steps([0.5, 0.8, 0.9]);
  expect([0, 0.33, 0.34, 0.66, 0.67, 0.99, 1].map(schedule)).toEqual([0.5, 0.5, 0.8, 0.8, 0.9, 0.9, 0.9]);
  expect([0, 0.5, 1].map(steps([0.3]))).toEqual([0.3, 0.3, 0.3]);
});

describe.each(ramps)('%s', (name, make) => {
  it('rises from `from` to exactly `to`, monotonically', () => {
    const share = fc.double({min: 0, max: 0.999, noNaN: true});
    const progress = fc.double({min: 0, max: 1, noNaN: true});
    fc.assert(
      fc.property(share, share, progress, progress, (a, b, p, q) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const schedule = make({from, to});
        expect(schedule(0)).toBeCloseTo(from, 12);
        expect(schedule(1)).toBeCloseTo(to, 12);
        expect(schedule(Math.max(p, q))).toBeGreaterThanOrEqual(schedule(Math.min(p, q)) - 1e-12);
      }),
      {seed: 1, numRuns: 200},
    );
  });

  it('starts from 0 by default', () => {
    expect(make({to: 0.9})(0)).toBeCloseTo(0, 12);
  });

  it('leads to a count to keep by the shares that lead to its share', () => {
    const counts = (make as typeof linear)({from: 0.1, to: {keep: 25} as Keep});
    const shares = make({from: 0.1, to: 0.75});
    expect(counts(1)).toEqual({keep: 25});
    for (const p of [0, 0.3, 0.8]) {
      expect((counts(p).keep as (units: number) => number)(100)).toBeCloseTo(100 * (1 - shares(p)), 9);
    }
    const seventieth = (make as typeof linear)({to: {keep: (units: number) => units / 70} as Keep});
    expect((seventieth(0).keep as (units: number) => number)(700)).toBeCloseTo(700, 9);
  });

  it.each([
    [{to: {keep: 0}}, 'keep must be a whole number from 1, got 0'],
    [{to: {keep: 2, of: 3}}, 'unknown option "of"'],
    [{to: Number.NaN}, 'to must be a number, got NaN'],
    [{to: Number.POSITIVE_INFINITY}, 'to must be a number, got Infinity'],
    [{}, 'to must be a number, got undefined'],
    [{from: '0', to: 0.5}, 'from must be a number, got "0"'],
  ])('rejects %p', (options, message) => {
    expect(() => make(options as {to: number})).toThrow(`${name}: ${message}`);
  });
});

it('polynomial() rejects a power that is not a number', () => {
  expect(() => polynomial({to: 0.9, power: Number.NaN})).toThrow(
    'polynomial: power must be a number, got NaN',
  );
});

it('steps() rejects an empty list', () => {
  expect(() => steps([])).toThrow('steps: needs at least one value');
});

it.each([...ramps])('%s rejects a misspelt option', (name, make) => {
  expect(() => make({to: 0.9, form: 0.5} as never)).toThrow(`${name}: unknown option "form"`);
});

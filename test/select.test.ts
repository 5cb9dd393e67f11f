import fc from 'fast-check';
import {
  countAbove,
  highestPruned,
  indexOfHighest,
  keepTop,
  keptUnits,
  nthHighest,
  topCounts,
} from '../src/select/select';
import {poolMax, poolMean, spread} from '../src/select/units';

/** Scores of every kind: any float32, with frequent ties, signed zeros, subnormals and infinities. */
const anyScores = fc
  .array(
    fc.oneof(
      fc.float({noNaN: true}),
      fc.constantFrom(0, -0, 1, 1, -1, 1e-45, -1e-45, 3.4e38, -3.4e38),
      fc.constant(Number.NEGATIVE_INFINITY),
    ),
    {minLength: 1, maxLength: 40},
  )
  .map((scores) => Float32Array.from(scores));

/** The same decision by a stable sort. */
function keepTopBySort(scores: Float32Array, keep: number): number[] {
  const order = [...scores.keys()].sort((a, b) => compare(scores[b], scores[a]));
  const kept = new Array(scores.length).fill(0);
  for (const i of order.slice(0, keep)) {
    kept[i] = 1;
  }
  return kept;
}

/** Compares without subtracting, as −∞ − −∞ is NaN. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

describe('keptUnits', () => {
  it.each([
    [10, 0.200000018, 8],
    [100, 0.29, 71],
    [10, 0.9, 1],
    [5, 0.5, 2],
    [3, 0.5, 2],
    [7, 0.5, 4],
    [1, 0.5, 1],
    [1, 0.999, 1],
    [4, 0.9, 1],
    [10, 0, 10],
    [7, 0.50000001, 4],
    [5, 0.49999999, 2],
    [5, 0.499999, 3],
    [1000, 0.0004, 1000],
    [1000, 0.0006, 999],
    [1_000_000, 0.9, 100_000],
    [4_000_000, 0.999999, 4],
  ])('keeps of %i units at sparsity %d exactly %i', (units, sparsity, kept) => {
    expect(keptUnits(units, sparsity)).toBe(kept);
  });

  it('prunes k of n units at sparsity k/n, for any rounding of k/n', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 100_000}), fc.nat(), (units, any) => {
        const prune = any % units;
        expect(keptUnits(units, prune / units)).toBe(units - prune);
      }),
      {seed: 1, numRuns: 500},
    );
  });

  it('never keeps more at a higher sparsity', () => {
    const share = fc.double({min: 0, max: 0.999999, noNaN: true});
    fc.assert(
      fc.property(fc.integer({min: 1, max: 1000}), share, share, (units, a, b) => {
        expect(keptUnits(units, Math.max(a, b))).toBeLessThanOrEqual(keptUnits(units, Math.min(a, b)));
      }),
      {seed: 2, numRuns: 500},
    );
  });
});

describe('keepTop', () => {
  it('keeps the highest scores', () => {
    expect([...keepTop(Float32Array.of(3, -1, 4, -1.5, 5), 2)]).toEqual([0, 0, 1, 0, 1]);
  });

  it('keeps the lower index of equal scores', () => {
    expect([...keepTop(Float32Array.of(1, 2, 1, 1, 2), 3)]).toEqual([1, 1, 0, 0, 1]);
    expect([...keepTop(new Float32Array(5), 2)]).toEqual([1, 1, 0, 0, 0]);
  });

  it('treats 0 and −0 as equal', () => {
    expect([...keepTop(Float32Array.of(-0, 0, -0, 0), 2)]).toEqual([1, 1, 0, 0]);
    expect([...keepTop(Float32Array.of(0, -0, 1, -0), 3)]).toEqual([1, 1, 1, 0]);
  });

  it('decides like a stable sort, for any scores and counts', () => {
    fc.assert(
      fc.property(anyScores, (scores) => {
        for (let keep = 0; keep <= scores.length + 1; keep++) {
          expect([...keepTop(scores, keep)]).toEqual(keepTopBySort(scores, keep));
        }
      }),
      {seed: 3, numRuns: 300},
    );
  });

  it('leaves the scores unchanged', () => {
    const scores = Float32Array.of(2, 1, 3);
    keepTop(scores, 2);
    expect([...scores]).toEqual([2, 1, 3]);
  });

  it('reads only its part of a larger buffer', () => {
    const part = Float32Array.of(9, 1, 2, 3, 9).subarray(1, 4);
    expect([...keepTop(part, 1)]).toEqual([0, 0, 1]);
  });
});

describe('topCounts', () => {
  it('counts the units of each list that keepTop() of all lists keeps', () => {
    fc.assert(
      fc.property(fc.array(anyScores, {minLength: 1, maxLength: 5}), (lists) => {
        const all = Float32Array.from(lists.flatMap((scores) => [...scores]));
        for (let keep = 0; keep <= all.length + 1; keep++) {
          let start = 0;
          const kept = [...keepTop(all, keep)];
          const counts = lists.map(({length}) => {
            start += length;
            return kept.slice(start - length, start).filter(Boolean).length;
          });
          expect(topCounts(lists, keep)).toEqual(counts);
        }
      }),
      {seed: 5, numRuns: 200},
    );
  });

  it('leaves the scores unchanged', () => {
    const lists = [Float32Array.of(2, 1), Float32Array.of(3)];
    topCounts(lists, 2);
    expect(lists.map((scores) => [...scores])).toEqual([[2, 1], [3]]);
  });
});

describe('highestPruned', () => {
  it('is the highest score that is not kept and not masked', () => {
    expect(highestPruned(Float32Array.of(3, 1, 2, Number.NEGATIVE_INFINITY), Uint8Array.of(1, 0, 0, 0))).toBe(
      2,
    );
    expect(highestPruned(Float32Array.of(3, Number.NEGATIVE_INFINITY), Uint8Array.of(1, 0))).toBeUndefined();
  });
});

describe('nthHighest', () => {
  it('is the n-th element of a descending sort', () => {
    fc.assert(
      fc.property(anyScores, (scores) => {
        const sorted = [...scores].sort(compare).reverse();
        // + 0, as the sort may order 0 and −0 either way.
        const found = sorted.map((_, i) => nthHighest(scores, i + 1) + 0);
        expect(found).toEqual(sorted.map((score) => score + 0));
      }),
      {seed: 4, numRuns: 200},
    );
  });
});

describe('countAbove', () => {
  it('counts the scores strictly above a threshold', () => {
    expect(countAbove(Float32Array.of(1, 2, 2, 3), 2)).toBe(1);
    expect(countAbove(Float32Array.of(1, 2, 2, 3), 1.5)).toBe(3);
    expect(countAbove(Float32Array.of(1, Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY)).toBe(1);
  });
});

describe('indexOfHighest', () => {
  it('is the first of equal scores', () => {
    expect(indexOfHighest(Float32Array.of(1, 3, 2, 3))).toBe(1);
    expect(indexOfHighest(Float32Array.of(-2, -1, -3))).toBe(1);
    expect(indexOfHighest(new Float32Array(3).fill(Number.NEGATIVE_INFINITY))).toBe(0);
  });
});

describe('poolMean', () => {
  const unitOf = Int32Array.of(0, 1, 0, 1, 2, 2);
  const scores = Float32Array.of(1, 2, 3, 5, 0, -4);

  it('returns the mean score over the elements of each unit', () => {
    const all = new Uint8Array(6).fill(1);
    expect([...poolMean(scores, all, {units: 3, unitOf})]).toEqual([2, 3.5, -2]);
  });

  it('returns −∞ for units that are already masked, and for no others', () => {
    const mask = Uint8Array.of(0, 1, 0, 1, 1, 0);
    const [masked, whole, half] = poolMean(scores, mask, {units: 3, unitOf});
    expect(masked).toBe(Number.NEGATIVE_INFINITY);
    expect(whole).toBe(3.5);
    expect(Number.isFinite(half)).toBe(true);
  });

  it('returns the scores if each element is a unit', () => {
    const pooled = poolMean(Float32Array.of(1, 2, 3), Uint8Array.of(1, 0, 1), {units: 3});
    expect([...pooled]).toEqual([1, Number.NEGATIVE_INFINITY, 3]);
  });

  it('sums without the rounding of float32', () => {
    const many = new Float32Array(2 ** 20).fill(0.1);
    const [mean] = poolMean(many, new Uint8Array(2 ** 20).fill(1), {
      units: 1,
      unitOf: new Int32Array(2 ** 20),
    });
    expect(mean).toBe(Math.fround(0.1));
  });
});

describe('poolMax', () => {
  const scores = Float32Array.of(1, 2, 3, -5, 7, -4);
  const unitOf = Int32Array.of(0, 1, 0, 1, 0, 2);

  it('returns the highest score of each unit over its elements that are not masked', () => {
    const mask = Uint8Array.of(1, 0, 1, 1, 0, 1);
    expect([...poolMax(scores, mask, {units: 3, unitOf})]).toEqual([3, -5, -4]);
  });

  it('returns −∞ for units that are already masked', () => {
    const mask = Uint8Array.of(1, 0, 1, 0, 1, 1);
    expect([...poolMax(scores, mask, {units: 3, unitOf})]).toEqual([7, Number.NEGATIVE_INFINITY, -4]);
  });

  it('returns the scores if each element is a unit', () => {
    const [first, second] = poolMax(Float32Array.of(1, 2), Uint8Array.of(1, 0), {units: 2});
    expect([first, second]).toEqual([1, Number.NEGATIVE_INFINITY]);
  });
});

describe('spread', () => {
  it('returns the bit of its unit for every element', () => {
    const mask = new Uint8Array(6).fill(1);
    const unitOf = Int32Array.of(0, 1, 0, 1, 2, 2);
    expect([...spread(Uint8Array.of(1, 0, 1), mask, {units: 3, unitOf})]).toEqual([1, 0, 1, 0, 1, 1]);
  });

  it('never frees an element', () => {
    const bit = fc.constantFrom(0, 1);
    fc.assert(
      fc.property(fc.array(fc.tuple(bit, bit), {minLength: 1}), (pairs) => {
        const [kept, mask] = [0, 1].map((i) => Uint8Array.from(pairs, (pair) => pair[i]));
        const result = spread(kept, mask, {units: kept.length});
        expect([...result]).toEqual(pairs.map(([keep, old]) => keep * old));
      }),
      {seed: 5},
    );
  });
});

// Every decision about what stays, on typed arrays: exact, linear in the number of scores, without a sort.

import type {Numbering, Pool} from './numbering';
import {
  binOf,
  countFrom,
  countLower,
  countUpper,
  markAbove,
  markListed,
  markWithin,
  newCounts,
  scoreOf,
} from './radix';

/**
 * How many of `n` units stay at a sparsity: n·(1 − sparsity), taken as the multiple of ½ within 1e-6 of it if
 * there is one, rounded half to even, and at least `least`, 1 by default.
 */
export function keptUnits(n: number, sparsity: number, least = 1): number {
  const exact = n * (1 - sparsity);
  const snapped = Math.round(exact * 2) / 2;
  const kept = Math.abs(exact - snapped) <= 1e-6 ? snapped : exact;
  const below = Math.floor(kept);
  const rounded = kept - below === 0.5 ? below + (below % 2) : Math.round(kept);
  return Math.max(least, rounded);
}

/** The least multiple that holds a count. */
export function roundedUp(count: number, roundTo: number): number {
  return Math.ceil(count / roundTo) * roundTo;
}

/**
 * Marks the `keep` highest scores by 1, the rest by 0; of equal scores the one of lower index stays. The scores are
 * counted by the upper half of their bits, then those of the bin that is to be split by the lower half.
 */
export function keepTop(scores: Float32Array, keep: number): Uint8Array {
  const kept = new Uint8Array(scores.length);
  if (keep >= scores.length) {
    return kept.fill(1);
  }
  if (keep <= 0) {
    return kept;
  }
  const bits = bitsIn(scores);
  const uppers = newCounts();
  countUpper(bits, uppers);
  const [upper, above] = binOf(uppers, keep);
  // A few scores in the bin are listed to be found again; many are found faster by going through all once more.
  const listed = uppers[upper] <= bits.length / 8;
  const split = new Int32Array(listed ? uppers[upper] : 0);
  const [lower, before] = binOf(markAbove(bits, upper, kept, split), keep - above);
  const ties = keep - above - before;
  if (listed) {
    markListed(bits, split, lower, ties, kept);
  } else {
    markWithin(bits, upper, lower, ties, kept);
  }
  return kept;
}

/** The n-th highest score, n from 1 to their number. */
export function nthHighest(scores: Float32Array, n: number): number {
  return scoreOf(splitAt([scores], n).key);
}

/**
 * How many of the highest scores of some lists together are in each list; of equal ones those that come first. As
 * `keepTop` of all in one list would have it, which takes a copy of them.
 */
export function topCounts(lists: readonly Float32Array[], keep: number): number[] {
  if (keep >= lists.reduce((sum, {length}) => sum + length, 0)) {
    return lists.map(({length}) => length);
  }
  if (keep <= 0 || lists.length === 1) {
    return lists.map(() => Math.max(0, keep));
  }
  let {key, ties} = splitAt(lists, keep);
  return lists.map((scores) => {
    const [above, at] = countFrom(bitsIn(scores), key);
    const taken = Math.min(ties, at);
    ties -= taken;
    return above + taken;
  });
}

/** The bits of the n-th highest score in some lists, in the order of floats, and how many equal ones are among the first n. */
function splitAt(lists: readonly Float32Array[], n: number): {key: number; ties: number} {
  const uppers = newCounts();
  for (const scores of lists) countUpper(bitsIn(scores), uppers);
  const [upper, above] = binOf(uppers, n);
  const lowers = newCounts();
  for (const scores of lists) countLower(bitsIn(scores), upper, lowers);
  const [lower, before] = binOf(lowers, n - above);
  return {key: upper * 0x10000 + lower, ties: n - above - before};
}

const bitsIn = (scores: Float32Array) => new Int32Array(scores.buffer, scores.byteOffset, scores.length);

/** How many scores lie above a threshold. */
export function countAbove(scores: Float32Array, threshold: number): number {
  let count = 0;
  for (let i = 0; i < scores.length; i++) {
    count += +(scores[i] > threshold);
  }
  return count;
}

/** The scores above a threshold, in their order. */
export function above(scores: Float32Array, threshold: number): Float32Array {
  const found = new Float32Array(countAbove(scores, threshold));
  for (let i = 0, next = 0; next < found.length; i++) {
    if (scores[i] > threshold) found[next++] = scores[i];
  }
  return found;
}

/** The index of the highest score, the first of equals. */
export function indexOfHighest(scores: Float32Array): number {
  let [best, highest] = [0, scores[0]];
  for (let i = 1; i < scores.length; i++) {
    if (scores[i] > highest) {
      highest = scores[i];
      best = i;
    }
  }
  return best;
}

/** Each unit's mean score, masked elements scoring 0. */
export const poolMean: Pool = (scores, mask, {units, unitOf}) => {
  if (unitOf === undefined) {
    return unmasked(scores, mask);
  }
  const sums = new Float64Array(units);
  const sizes = new Uint32Array(units);
  const left = new Uint8Array(units);
  for (let i = 0; i < scores.length; i++) {
    const unit = unitOf[i];
    sums[unit] += mask[i] ? scores[i] : 0;
    sizes[unit]++;
    left[unit] |= mask[i];
  }
  const means = new Float32Array(units);
  for (let unit = 0; unit < units; unit++) {
    means[unit] = left[unit] ? sums[unit] / sizes[unit] : Number.NEGATIVE_INFINITY;
  }
  return means;
};

/** The highest score in each unit, of the elements that are not masked. */
export const poolMax: Pool = (scores, mask, {units, unitOf}) => {
  if (unitOf === undefined) {
    return unmasked(scores, mask);
  }
  const highest = new Float32Array(units).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < scores.length; i++) {
    if (mask[i] && scores[i] > highest[unitOf[i]]) {
      highest[unitOf[i]] = scores[i];
    }
  }
  return highest;
};

const [NEGATIVE_INFINITY_BITS] = bitsIn(Float32Array.of(Number.NEGATIVE_INFINITY));

/** The scores themselves where nothing is masked. */
function unmasked(scores: Float32Array, mask: Uint8Array): Float32Array {
  if (!mask.includes(0)) return scores;
  // By their bits, as a branch that goes either way at random takes longer than all else.
  const [bits, result] = [bitsIn(scores), new Float32Array(scores.length)];
  const masked = bitsIn(result);
  for (let i = 0; i < bits.length; i++) {
    masked[i] = (bits[i] & -mask[i]) | (NEGATIVE_INFINITY_BITS & (mask[i] - 1));
  }
  return result;
}

/** Marks the units of which a mask keeps anything. */
export function alive(mask: Uint8Array, {units, unitOf}: Numbering): Uint8Array {
  if (unitOf === undefined) {
    return mask;
  }
  const kept = new Uint8Array(units);
  for (let i = 0; i < mask.length; i++) {
    kept[unitOf[i]] |= mask[i];
  }
  return kept;
}

/** The highest score of a unit that is left and not to be kept; undefined where there is none. */
export function highestPruned(scores: Float32Array, kept: Uint8Array): number | undefined {
  let most = Number.NEGATIVE_INFINITY;
  for (let unit = 0; unit < scores.length; unit++) {
    if (!kept[unit] && scores[unit] > most) most = scores[unit];
  }
  return most === Number.NEGATIVE_INFINITY ? undefined : most;
}

/** What stays of each element when `kept` marks the units that stay: a mask within the old one. */
export function spread(kept: Uint8Array, mask: Uint8Array, {unitOf}: Numbering): Uint8Array {
  const bits = new Uint8Array(mask.length);
  if (unitOf === undefined) {
    for (let i = 0; i < bits.length; i++) bits[i] = mask[i] & kept[i];
  } else {
    for (let i = 0; i < bits.length; i++) bits[i] = mask[i] & kept[unitOf[i]];
  }
  return bits;
}

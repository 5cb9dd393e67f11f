// The selection of units, on typed arrays: exact, in linear time, without a sort.

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
 * The number of units to keep at a sparsity: n·(1 − sparsity), snapped to a multiple of ½ within 1e-6, rounded half to even,
 * and at least `least`, 1 by default.
 */
export function keptUnits(n: number, sparsity: number, least = 1): number {
  const exact = n * (1 - sparsity);
  const snapped = Math.round(exact * 2) / 2;
  const kept = Math.abs(exact - snapped) <= 1e-6 ? snapped : exact;
  const below = Math.floor(kept);
  const rounded = kept - below === 0.5 ? below + (below % 2) : Math.round(kept);
  return Math.max(least, rounded);
}

/** Rounds a count up to a multiple. */
export function roundedUp(count: number, roundTo: number): number {
  return Math.ceil(count / roundTo) * roundTo;
}

/**
 * Marks the `keep` highest scores with 1, the others with 0; ties go to the lower index. Counts the scores by the upper half
 * of their bits, then those in the bin to split by the lower half.
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
  // Lists the scores in the bin if they are few; another pass over all scores is faster if they are many.
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

/** The n-th highest score, from n = 1. */
export function nthHighest(scores: Float32Array, n: number): number {
  return scoreOf(splitAt([scores], n).key);
}

/**
 * Counts in each list the scores among the `keep` highest in all lists; ties go to the first. Same result as `keepTop` on
 * the concatenated lists, without copying them.
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

/** The n-th highest score in some lists, as ordered bits, and how many scores equal to it are among the first n. */
function splitAt(lists: readonly Float32Array[], n: number): {key: number; ties: number} {
  const uppers = newCounts();
  for (const scores of lists) countUpper(bitsIn(scores), uppers);
  const [upper, above] = binOf(uppers, n);
  const lowers = newCounts();
  for (const scores of lists) countLower(bitsIn(scores), upper, lowers);
  const [lower, before] = binOf(lowers, n - above);
  return {key: upper * 0x10000 + lower, ties: n - above - before};
}

/** The bits of scores, in the same memory. */
export const bitsIn = (scores: Float32Array) =>
  new Int32Array(scores.buffer, scores.byteOffset, scores.length);

/** Counts the scores above a threshold. */
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

/** The index of the highest score; on ties, the first. */
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

/** The highest score among the units to prune; undefined if all are masked already. */
export function highestPruned(scores: Float32Array, kept: Uint8Array): number | undefined {
  let most = Number.NEGATIVE_INFINITY;
  for (let unit = 0; unit < scores.length; unit++) {
    if (!kept[unit] && scores[unit] > most) most = scores[unit];
  }
  return most === Number.NEGATIVE_INFINITY ? undefined : most;
}

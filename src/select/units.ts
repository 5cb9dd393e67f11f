// Scores and masks of elements, and those of their units.

import type {Numbering, Pool} from './numbering';
import {bitsIn} from './select';

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

/** The highest score in each unit among its unmasked elements. */
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

/** The scores, unchanged if nothing is masked. */
function unmasked(scores: Float32Array, mask: Uint8Array): Float32Array {
  if (!mask.includes(0)) return scores;
  // Uses bit operations, because an unpredictable branch takes longer than all other work.
  const [bits, result] = [bitsIn(scores), new Float32Array(scores.length)];
  const masked = bitsIn(result);
  for (let i = 0; i < bits.length; i++) {
    masked[i] = (bits[i] & -mask[i]) | (NEGATIVE_INFINITY_BITS & (mask[i] - 1));
  }
  return result;
}

/** Marks the units with an unmasked element. */
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

/** The new mask of the elements, given the marks of the units to keep: within the old mask. */
export function spread(kept: Uint8Array, mask: Uint8Array, {unitOf}: Numbering): Uint8Array {
  const bits = new Uint8Array(mask.length);
  if (unitOf === undefined) {
    for (let i = 0; i < bits.length; i++) bits[i] = mask[i] & kept[i];
  } else {
    for (let i = 0; i < bits.length; i++) bits[i] = mask[i] & kept[unitOf[i]];
  }
  return bits;
}

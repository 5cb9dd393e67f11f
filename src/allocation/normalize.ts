import {above} from '../select/select';
import {describe} from '../util/describe';
import {ask, misfit} from '../util/factory';

/** Makes a weight's unit scores comparable with those in other weights: returns new scores in the same order. */
export type Normalization = (scores: Float32Array) => Float32Array;

/**
 * Divides the scores by their L2 norm, so that weights with large values have no advantage.
 *
 * formula: s / ‖s‖₂
 *
 * @see Molchanov et al.: Pruning Convolutional Neural Networks for Resource Efficient Inference, 2017.
 */
export const byLength: Normalization = (scores) => {
  let energy = 0;
  for (let i = 0; i < scores.length; i++) {
    energy += scores[i] ** 2;
  }
  const length = Math.sqrt(energy);
  if (!(length > 0)) return scores;
  const result = new Float32Array(scores.length);
  for (let i = 0; i < scores.length; i++) {
    result[i] = scores[i] / length;
  }
  return result;
};

/**
 * LAMP scores: each score's share in the energy that remains once all lower scores are pruned. The highest score in a weight
 * becomes 1.
 *
 * formula: s² / Σ t² over the scores t that rank no lower; on ties, the lower index ranks higher
 *
 * @returns the normalized scores, as many as given.
 * @throws if a score is below 0.
 * @see Lee et al.: Layer-Adaptive Sparsity for the Magnitude-Based Pruning, 2021.
 * @example global({normalize: lamp})
 * @function
 */
export const lamp: Normalization = (scores) => {
  const result = new Float32Array(scores.length);
  let energy = 0;
  const order = descending(scores);
  for (let rank = 0; rank < order.length; rank++) {
    const i = order[rank];
    const square = scores[i] ** 2;
    energy += square;
    result[i] = energy > 0 ? square / energy : 0;
  }
  return result;
};

/** The indices of nonnegative scores in descending order. */
function descending(scores: Float32Array): Uint32Array {
  for (let i = 0; i < scores.length; i++) {
    if (scores[i] < 0) {
      throw new Error(`lamp: scores must be 0 or more, as magnitudes, got ${scores[i]}; normalize otherwise`);
    }
  }
  // The bits of nonnegative floats sort like the floats. With the index in the lower half of 64 bits, a typed array sorts
  // them without a comparator, many times faster.
  const count = scores.length;
  const keys = new BigUint64Array(count);
  const halves = new Uint32Array(keys.buffer);
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, count);
  for (let i = 0; i < count; i++) {
    halves[2 * i] = i;
    // The sign of −0 is ignored.
    halves[2 * i + 1] = ~(bits[i] & 0x7fffffff);
  }
  keys.sort();
  // Compacts the indices in place.
  for (let rank = 0; rank < count; rank++) {
    halves[rank] = halves[2 * rank];
  }
  return halves.subarray(0, count);
}

/** By name; undefined leaves scores unchanged. */
const byName = {none: undefined, l2: byLength, lamp};

/** The name of a normalization. */
export type NormalizationName = keyof typeof byName;

/** @throws unless it is a normalization or its name. */
export function normalizationOf(
  who: string,
  given: Normalization | NormalizationName,
): Normalization | undefined {
  if (typeof given !== 'function' && !(typeof given === 'string' && Object.hasOwn(byName, given))) {
    throw misfit(who, 'normalize', describe(given));
  }
  return typeof given === 'function' ? given : byName[given];
}

/** Normalizes the scores of unmasked units; masked ones keep −∞. @throws unless each score gets a number. */
export function normalized(
  who: string,
  scores: Float32Array,
  normalize: Normalization | undefined,
): Float32Array {
  if (normalize === undefined) {
    return scores;
  }
  const left = above(scores, Number.NEGATIVE_INFINITY);
  const given: Float32Array | undefined = ask(who, 'normalize', normalize, left);
  const isComplete = given?.length === left.length && !given.includes(Number.NaN);
  if (!isComplete) {
    throw new Error(
      `${who}: normalize must give each of ${left.length} scores a number, got ${describe(given)}`,
    );
  }
  if (left.length === scores.length) {
    return given;
  }
  const all = new Float32Array(scores.length);
  for (let i = 0, next = 0; i < scores.length; i++) {
    all[i] = scores[i] > Number.NEGATIVE_INFINITY ? given[next++] : scores[i];
  }
  return all;
}

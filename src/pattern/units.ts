import {bitsOf} from '../model/bits';
import type {Network} from '../model/network';
import {ones, type Weight} from '../model/weight';
import type {Group} from '../select/group';
import {keepTop, roundedUp} from '../select/select';
import {poolMean} from '../select/units';
import {describe} from '../util/describe';
import {yieldToEventLoop} from '../util/yieldToEventLoop';
import {numberingOf, type Pattern} from './pattern';

/**
 * Numbers the units in some weights, and pools their element scores.
 *
 * @param scoring The scores of each weight's elements, which are freed once they are pooled.
 * @returns Groups of one weight.
 * @throws if an element that is not masked has a score that is not finite, or the pattern does not fit a weight.
 */
export async function singleGroups(
  network: Network,
  weights: readonly Weight[],
  scoring: Promise<Float32Array[]>,
  pattern: Pattern,
): Promise<Group[]> {
  const {pool = poolMean, minUnits = 1} = pattern;
  const [found, masks] = await Promise.all([scoring, Promise.all(weights.map(({mask}) => bitsOf(mask)))]);
  const groups: Group[] = [];
  for (const [i, weight] of weights.entries()) {
    const mask = masks[i];
    assertFinite(network, weight, found[i], mask);
    const numbering = numberingOf(network.who, pattern, weight);
    const scores = pool(found[i], mask, numbering);
    groups.push({members: [{weight, mask, numbering, scores}], scores, minUnits});
    await yieldToEventLoop();
  }
  return groups;
}

/**
 * Marks the units of a group to keep: the best, as many as it was allocated, unless the pattern selects them itself.
 *
 * @returns The marks, and how many units were to be kept.
 */
export function selectedUnits(
  network: Network,
  {select, roundTo = 1}: Pattern,
  target: unknown,
  {members: [{weight}], scores, minUnits}: Group,
  count: number,
): {kept: Uint8Array; count: number} {
  if (select === undefined || target === 0) {
    return {kept: keepTop(scores, roundedUp(Math.max(minUnits, count), roundTo)), count};
  }
  const marks: ArrayLike<number> | undefined = select(weight, scores);
  if (marks?.length !== scores.length) {
    throw network.refuse(
      `the pattern must mark each of the ${scores.length} units of weight "${weight.name}", got ${describe(marks)}`,
    );
  }
  const kept = new Uint8Array(scores.length);
  for (let unit = 0; unit < kept.length; unit++) {
    kept[unit] = +(marks[unit] > 0 && scores[unit] > Number.NEGATIVE_INFINITY);
  }
  return {kept, count: ones(kept)};
}

function assertFinite(network: Network, {name}: Weight, scores: Float32Array, mask: Uint8Array): void {
  for (let i = 0; i < scores.length; i++) {
    // The mask comes last, because branches on it are unpredictable.
    if (!Number.isFinite(scores[i]) && mask[i] === 1) {
      throw network.refuse(
        `weight "${name}" has score ${scores[i]} at element ${i}; did the training diverge?`,
      );
    }
  }
}

import {bitsOf} from '../model/bits';
import type {Network} from '../model/network';
import {ones, type Weight} from '../model/weight';
import {type Group, type Member, singleGroup} from '../select/group';
import {inMultiples, keepTop, poolMean} from '../select/select';
import {describe} from '../util/describe';
import {breathe} from '../util/yieldToEventLoop';
import {numberingOf, type Pattern} from './pattern';

/**
 * Numbers the units of some weights, and pools the scores of their elements.
 *
 * @throws if an element that is not masked has a score that is not finite, or the pattern does not fit a weight.
 */
export async function pooledMembers(
  network: Network,
  weights: readonly Weight[],
  scoring: Promise<Float32Array[]>,
  pattern: Pattern,
): Promise<Member[]> {
  const {pool = poolMean, least = 1} = pattern;
  const [found, masks] = await Promise.all([scoring, Promise.all(weights.map(({mask}) => bitsOf(mask)))]);
  const members: Member[] = [];
  for (const [i, weight] of weights.entries()) {
    const [scores, mask] = [found[i], masks[i]];
    assertFinite(network, weight, scores, mask);
    const numbering = numberingOf(network.who, pattern, weight);
    const pooled = numbering.units < mask.length;
    members.push({weight, mask, numbering, scores: pool(scores, mask, numbering), least, pooled});
    await breathe();
  }
  return members;
}

/** The groups of weights whose units are tied; without `tie` each weight is a group of its own. */
export function groupsOf(network: Network, members: readonly Member[], tie: Pattern['tie']): Group[] {
  return tie?.(network, members) ?? members.map(singleGroup);
}

/**
 * Marks the units of a group to keep: the best, as many as it was allocated, unless the pattern selects them itself.
 *
 * @returns The marks, and how many units were to be kept.
 */
export function selectedUnits(
  network: Network,
  {select, least = 1, multipleOf = 1}: Pattern,
  target: unknown,
  {weight, scores}: Group,
  count: number,
): {kept: Uint8Array; count: number} {
  if (select === undefined || target === 0) {
    return {kept: keepTop(scores, inMultiples(Math.max(least, count), multipleOf)), count};
  }
  const kept = selectedBy(network, select, weight, scores);
  return {kept, count: ones(kept)};
}

/** Marks the units that a pattern selects itself, none of them masked. @throws unless it marks each. */
function selectedBy(
  network: Network,
  select: NonNullable<Pattern['select']>,
  weight: Weight,
  scores: Float32Array,
): Uint8Array {
  const kept: ArrayLike<number> | undefined = select(weight, scores);
  if (kept?.length !== scores.length) {
    throw network.refuse(
      `the pattern must mark each of the ${scores.length} units of weight "${weight.name}", got ${describe(kept)}`,
    );
  }
  const marks = new Uint8Array(scores.length);
  for (let unit = 0; unit < marks.length; unit++) {
    marks[unit] = +(kept[unit] > 0 && scores[unit] > Number.NEGATIVE_INFINITY);
  }
  return marks;
}

/** Throws if an element that is not masked has a score that is not finite. */
function assertFinite(network: Network, {name}: Weight, scores: Float32Array, mask: Uint8Array): void {
  for (let i = 0; i < scores.length; i++) {
    // The mask comes last, as branches on it are unpredictable.
    if (!Number.isFinite(scores[i]) && mask[i] === 1) {
      throw network.refuse(
        `weight "${name}" has score ${scores[i]} at element ${i}; did the training diverge?`,
      );
    }
  }
}

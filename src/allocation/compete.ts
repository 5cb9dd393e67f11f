import {type Group, isPooled} from '../select/group';
import {indexOfHighest, keptUnits, topCounts} from '../select/select';
import type {Allocation} from './allocation';
import {byLength, type Normalization, type NormalizationName, normalizationOf, normalized} from './normalize';

/** A bid for each unit in a group, by scores that are comparable between groups. */
export type Bids = (scores: Float32Array, group: Group, index: number) => Float32Array;

/**
 * Keeps the units with the highest bids of all groups, as many as the sparsity requires. Each group's best unit is set
 * aside first.
 *
 * @param given By default single elements are compared by their scores, and larger units by L2-normalized ones.
 * @param bidsOf The bids to compare, of all groups; their normalized scores by default.
 */
export function compete(
  who: string,
  given: Normalization | NormalizationName | undefined,
  bidsOf: (groups: readonly Group[]) => Bids = () => (scores) => scores,
): Allocation {
  const asked = normalizationOf(who, given === undefined ? 'none' : given);
  return (groups, sparsity) => {
    // The L2 norm of a single unit is its score.
    const areMeans = groups.some((group) => group.scores.length > 1 && isPooled(group));
    const normalize = given === undefined && areMeans ? byLength : asked;
    const bids = bidsOf(groups);
    const lists = groups.map((group, i) => bids(normalized(who, group.scores, normalize), group, i));
    const units = lists.reduce((sum, {length}) => sum + length, 0);
    const setAside = groups.flatMap(({scores, minUnits}, i) =>
      minUnits > 0 ? [{list: lists[i], place: indexOfHighest(scores)}] : [],
    );
    return withFirst(setAside, () => topCounts(lists, Math.max(setAside.length, keptUnits(units, sparsity))));
  };
}

/** Runs something while some scores are ∞, without copying the lists, which may be those of the groups. */
function withFirst<Result>(first: readonly {list: Float32Array; place: number}[], run: () => Result): Result {
  const scores = first.map(({list, place}) => list[place]);
  for (const {list, place} of first) list[place] = Number.POSITIVE_INFINITY;
  try {
    return run();
  } finally {
    for (const [i, {list, place}] of first.entries()) list[place] = scores[i];
  }
}

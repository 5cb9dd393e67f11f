import type {Candidate} from '../select/group';
import {indexOfHighest, keptUnits, topCounts} from '../select/select';
import type {Allocation} from './allocation';
import {byLength, type Normalization, type NormalizationName, normalizationOf, normalized} from './normalize';

/** What a unit competes with: a score for each of a candidate's, of scores that can be compared. */
export type Bids = (scores: Float32Array, candidate: Candidate, index: number) => Float32Array;

/**
 * The weights compete: of all their units those with the highest bids stay, as many as the sparsity asks for. Each
 * weight's best unit is set aside first.
 *
 * @param given By default single elements are compared as they are, and larger units by their length.
 * @param bidsOf What to compare, of all candidates; their normalized scores by default.
 */
export function compete(
  who: string,
  given: Normalization | NormalizationName | undefined,
  bidsOf: (candidates: readonly Candidate[]) => Bids = () => (scores) => scores,
): Allocation {
  const asked = normalizationOf(who, given === undefined ? 'none' : given);
  return (candidates, sparsity) => {
    // A weight of a single unit has no length but its score.
    const areMeans = candidates.some(({scores, pooled}) => pooled && scores.length > 1);
    const normalize = given === undefined && areMeans ? byLength : asked;
    const bids = bidsOf(candidates);
    const lists = candidates.map((candidate, i) =>
      bids(normalized(who, candidate.scores, normalize), candidate, i),
    );
    const units = lists.reduce((sum, {length}) => sum + length, 0);
    const setAside = candidates.flatMap(({scores, least = 1}, i) =>
      least > 0 ? [{list: lists[i], place: indexOfHighest(scores)}] : [],
    );
    return withFirst(setAside, () => topCounts(lists, Math.max(setAside.length, keptUnits(units, sparsity))));
  };
}

/** Runs something while some scores are ∞, so that it takes no copy of the lists, which may be those of the candidates. */
function withFirst<Result>(first: readonly {list: Float32Array; place: number}[], run: () => Result): Result {
  const scores = first.map(({list, place}) => list[place]);
  for (const {list, place} of first) list[place] = Number.POSITIVE_INFINITY;
  try {
    return run();
  } finally {
    for (const [i, {list, place}] of first.entries()) list[place] = scores[i];
  }
}

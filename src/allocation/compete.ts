import {indexOfHighest, keepTop, keptUnits} from '../select';
import type {Allocation, Candidate} from './allocation';
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
  const asked = normalizationOf(who, given ?? 'none');
  return (candidates, sparsity) => {
    // A weight of a single unit has no length but its score.
    const areMeans = candidates.some(({scores, pooled}) => pooled && scores.length > 1);
    const normalize = given === undefined && areMeans ? byLength : asked;
    const bids = bidsOf(candidates);
    const sizes = candidates.map(({scores}) => scores.length);
    const all = new Float32Array(sizes.reduce((sum, size) => sum + size, 0));
    const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
    candidates.forEach((candidate, i) => {
      const {scores, least = 1} = candidate;
      all.set(bids(normalized(who, scores, normalize), candidate, i), starts[i]);
      if (least > 0) {
        all[starts[i] + indexOfHighest(scores)] = Number.POSITIVE_INFINITY;
      }
    });
    const setAside = candidates.filter(({least = 1}) => least > 0).length;
    const kept = keepTop(all, Math.max(setAside, keptUnits(all.length, sparsity)));
    return starts.map((start, i) =>
      kept.subarray(start, start + sizes[i]).reduce((sum, bit) => sum + bit, 0),
    );
  };
}

import type {Group} from '../select/group';
import {countAbove} from '../select/select';
import {wrong} from '../util/options';

/** The highest sparsity to ask for, because 1 is not a sparsity. */
const BELOW_ONE = 1 - 1e-9;

/**
 * Divides a count of units to keep among groups as an allocation divides a sparsity: by its counts at the sparsity
 * 1 − keep / units if they add up to `keep`. Else it takes those at the nearest sparsities above and below, whose sums enclose
 * `keep`, and the first groups get the missing units. No group gets more units than it has left, or none unless it
 * may be emptied; then `keep` counts as the number of groups.
 *
 * @param allocate The counts at a sparsity.
 * @throws if there are not as many units, or if the allocation fixes another sum.
 */
export function keepInAll(
  who: string,
  keep: number,
  groups: readonly Group[],
  allocate: (sparsity: number) => number[],
): number[] {
  const units = sum(groups.map(({scores}) => scores.length));
  if (keep > units) throw wrong(who, 'keep', `at most ${units}, the number of units`, keep);
  const fewest: number[] = groups.map(({minUnits}) => minUnits);
  const most = capacities(groups, keep);
  const total = Math.max(keep, sum(fewest));
  const at = (asked: number) =>
    allocate(Math.max(0, Math.min(BELOW_ONE, 1 - asked / units))).map((count, i) =>
      Math.min(most[i], Math.max(fewest[i], count)),
    );
  const counts = at(keep);
  if (sum(counts) === total) return counts;

  let [fewer, more] = [at(0), at(units)];
  if (sum(fewer) > total || sum(more) < total) {
    const range = `from ${sum(fewer)} to ${sum(more)}, as the allocation keeps some weights at counts of their own`;
    throw wrong(who, 'keep', range, keep);
  }
  let [low, high] = [0, units];
  while (high - low > 1) {
    const asked = Math.floor((low + high) / 2);
    const found = at(asked);
    if (sum(found) <= total) [low, fewer] = [asked, found];
    else [high, more] = [asked, found];
  }
  return raised(raised(fewer, more, total), most, total);
}

/** Counts raised in their order, up to others at most, until they add up to a total. */
function raised(counts: readonly number[], limits: readonly number[], total: number): number[] {
  let missing = total - sum(counts);
  return counts.map((count, i) => {
    const added = Math.max(0, Math.min(missing, limits[i] - count));
    missing -= added;
    return count + added;
  });
}

/** How many units each group may keep: those not yet pruned, or all of them where too few remain for the count. */
function capacities(groups: readonly Group[], keep: number): number[] {
  const alive = groups.map(({scores}) => countAbove(scores, Number.NEGATIVE_INFINITY));
  return sum(alive) < keep
    ? groups.map(({scores}) => scores.length)
    : groups.map(({minUnits}, i) => Math.max(minUnits, alive[i]));
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

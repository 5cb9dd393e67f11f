import type {Group} from '../select/group';
import {describe} from '../util/describe';
import {assertPart} from '../util/factory';
import {assertOptions} from '../util/options';
import type {Allocation} from './allocation';
import {askCounts} from './askCounts';

/** The highest sparsity to ask for, because 1 is not a sparsity. */
const BELOW_ONE = 1 - 1e-9;

/**
 * Bounds the sparsity per weight in an allocation. The same allocation divides the difference among the other weights, so
 * that the total is that of the allocation alone; if the bounds do not allow it, all weights are at their bounds.
 *
 * formula: n·(1 − max) ≤ kept ≤ n·(1 − min), of the n units of each weight
 * cost: about 20 runs of the inner allocation
 *
 * @param options.min A weight's least sparsity, 0 by default. @param options.max The highest, 1 by default.
 * @returns an allocation, for the option `allocation` of recipes.
 * @throws if the bounds are not 0 ≤ min ≤ max ≤ 1.
 * @example within(global(), {max: 0.95})
 */
export function within(allocation: Allocation, options: {min?: number; max?: number}): Allocation {
  assertPart('within', 'allocation', allocation);
  assertOptions('within', options, ['min', 'max']);
  const {min = 0, max = 1} = options;
  const areNumbers = typeof min === 'number' && typeof max === 'number';
  if (!(areNumbers && min >= 0 && min <= max && max <= 1)) {
    throw new Error(
      `within: bounds must be 0 ≤ min ≤ max ≤ 1, got min ${describe(min)} and max ${describe(max)}`,
    );
  }
  return (groups, sparsity) => {
    const bounds = groups.map((group) => boundsOf(group, min, max));
    const clamp = (count: number, i: number) => Math.min(bounds[i].most, Math.max(bounds[i].fewest, count));
    const alone = askCounts('within', 'allocation', allocation, groups, sparsity);
    const [total, units] = [sum(alone), sum(groups.map(({scores}) => scores.length))];
    let counts = alone.map(clamp);
    // The number of units to ask for so that with the bounds as many are kept as without them.
    let [low, high] = [-1, units];
    while (sum(counts) !== total && high - low > 1) {
      const asked = Math.floor((low + high) / 2);
      counts = allocation(groups, Math.min(BELOW_ONE, 1 - asked / units)).map(clamp);
      [low, high] = sum(counts) < total ? [asked, high] : [low, asked];
    }
    if (sum(counts) !== total) {
      counts = allocation(groups, Math.min(BELOW_ONE, 1 - high / units)).map(clamp);
    }
    return roundedTo(total, counts, bounds);
  };
}

/** Adjusts counts to a total that they miss by less than one per weight. */
function roundedTo(total: number, counts: number[], bounds: readonly Bounds[]): number[] {
  let missing = total - sum(counts);
  if (Math.abs(missing) >= counts.length) {
    return counts;
  }
  return counts.map((count, i) => {
    const step = Math.sign(missing);
    const hasRoom = step > 0 ? count < bounds[i].most : count > bounds[i].fewest;
    missing -= hasRoom ? step : 0;
    return hasRoom ? count + step : count;
  });
}

interface Bounds {
  readonly fewest: number;
  readonly most: number;
}

function boundsOf({scores, minUnits}: Group, min: number, max: number): Bounds {
  // Rounds within 1e-6, as counts without bounds do.
  const fewest = Math.max(minUnits, Math.ceil(scores.length * (1 - max) - 1e-6));
  return {fewest, most: Math.max(fewest, Math.floor(scores.length * (1 - min) + 1e-6))};
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

import type {Allocation} from './allocation/allocation';
import {askCounts} from './allocation/askCounts';
import {keepInAll} from './allocation/keepInAll';
import {uniform} from './allocation/uniform';
import type {Network} from './model/network';
import type {Pattern} from './pattern/pattern';
import type {Group} from './select/group';
import type {Threshold} from './threshold';
import {describe} from './util/describe';
import {misfit} from './util/factory';
import {assertCount, assertOptions, isRecord} from './util/options';

/** How much to prune: a sparsity in [0, 1), a count of units to keep, or a threshold. */
export type Target = number | Keep | Threshold;

/**
 * A count of units to keep in all weights together, as `{keep: 3803}`. The allocation divides it at the sparsity
 * 1 − keep / units; if its rounded counts do not add up, at the nearest sparsities above and below, between whose counts
 * the weights are filled up in their order. Channels that are tied count once. Each weight keeps at
 * least one unit, unless the pattern may empty it, and with `roundTo` a multiple.
 */
export interface Keep {
  readonly keep: number;
}

/** Throws unless `target` is a sparsity, a count to keep or a threshold. */
export function assertTarget(who: string, target: unknown): asserts target is Target {
  if (isRecord(target) && 'keep' in target) {
    assertOptions(who, target, ['keep']);
    assertCount(who, 'keep', target.keep);
    return;
  }
  if (typeof target !== 'function' && !(typeof target === 'number' && target >= 0 && target < 1)) {
    throw misfit(who, 'sparsity', describe(target));
  }
  // A threshold is a function of the groups alone.
  if (typeof target === 'function' && target.length > 1) {
    throw misfit(who, 'sparsity', 'an allocation; give it in the recipe, as {allocation: global()}');
  }
}

/**
 * The number of units that each group keeps, by a recipe's allocation or a threshold.
 *
 * @throws unless they are whole numbers, one for each group.
 */
export function countsFor(
  network: Network,
  target: Target,
  recipe: {pattern?: Pattern; allocation?: Allocation},
  groups: Group[],
): number[] {
  const {pattern, allocation = pattern?.allocation ?? uniform()} = recipe;
  if (typeof target === 'object') {
    if (pattern?.select !== undefined) {
      throw network.refuse(
        `keep cannot be combined with a pattern that selects its own units; give a sparsity`,
      );
    }
    const allocate = (sparsity: number) => countsFor(network, sparsity, recipe, groups);
    return keepInAll(network.who, target.keep, groups, allocate);
  }
  return typeof target === 'number'
    ? askCounts(network.who, 'allocation', allocation, groups, target)
    : askCounts(network.who, 'sparsity', target, groups);
}

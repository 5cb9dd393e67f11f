import type {Allocation} from './allocation/allocation';
import {askCounts} from './allocation/askCounts';
import {keepInAll} from './allocation/keepInAll';
import {uniform} from './allocation/uniform';
import {assertKeep, isKeep, type Keep, keptOf} from './keep';
import type {Network} from './model/network';
import type {Pattern} from './pattern/pattern';
import type {Group} from './select/group';
import type {Threshold} from './threshold';
import {describe} from './util/describe';
import {misfit} from './util/factory';

/** How much to prune: a sparsity in [0, 1), a count of units to keep, or a threshold. */
export type Target = number | Keep | Threshold;

/** Throws unless `target` is a sparsity, a count to keep or a threshold. */
export function assertTarget(who: string, target: unknown): asserts target is Target {
  if (isKeep(target)) return assertKeep(who, target);
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
    return keepInAll(network.who, keptOf(network.who, target, unitsIn(groups)), groups, allocate);
  }
  return typeof target === 'number'
    ? askCounts(network.who, 'allocation', allocation, groups, target)
    : askCounts(network.who, 'sparsity', target, groups);
}

/** The target as the result reports it: a count as a number, and nothing for a threshold. */
export function askedOf(who: string, target: Target, groups: Group[]): number | {keep: number} | undefined {
  if (typeof target === 'function') return undefined;
  return typeof target === 'number' ? target : {keep: keptOf(who, target, unitsIn(groups))};
}

const unitsIn = (groups: Group[]) => groups.reduce((units, {scores}) => units + scores.length, 0);

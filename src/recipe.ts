import type {Allocation} from './allocation/allocation';
import type {Importance} from './importance/importance';
import {describe} from './model/tfjs';
import type {Pattern} from './pattern/pattern';
import type {Statistics} from './statistics/statistic';
import type {Threshold} from './threshold';
import {assertPart, misfit} from './util/factory';
import {assertOptions} from './util/options';
import {assertWhere, type Where} from './where';

/** How much to prune: a sparsity in [0, 1), or a threshold. */
export type Target = number | Threshold;

/** The three choices that make a pruning method, and the weights it is about. */
export interface Recipe {
  /** What an element is worth; `magnitude()` by default. */
  importance?: Importance;
  /** What lives and dies together; `element()` by default. */
  pattern?: Pattern;
  /** How the weights share a sparsity out; `uniform()` by default, unless the pattern has one of its own. */
  allocation?: Allocation;
  /** All prunable weights by default, but for structured patterns not those that make the model's outputs. */
  where?: Where;
  /** What the importance needs to know, from `measure`. A weight of which it is not known is left as it is. */
  statistics?: Statistics;
  /**
   * Channels that are tied to each other, as those that are added up, are judged together, by the mean of their scores,
   * and live and die together, among the weights that are meant; true by default for `channel()`.
   */
  groups?: boolean;
}

export const recipeOptions = [
  'importance',
  'pattern',
  'allocation',
  'where',
  'statistics',
  'groups',
] as const;

/** Throws where a recipe is wrong whatever the model, in the name of the function that takes it. */
export function assertRecipe(who: string, recipe: Recipe): void {
  assertOptions(who, recipe, recipeOptions);
  const {where, statistics, groups, ...parts} = recipe;
  for (const role of ['importance', 'pattern', 'allocation'] as const) {
    if (parts[role] !== undefined) assertPart(who, role, parts[role]);
  }
  if (where !== undefined) assertWhere(who, where);
  if (statistics !== undefined && typeof statistics?.get !== 'function') {
    throw new Error(
      `${who}: statistics must be a map, as await measure(model, x, y, {needs}) gives it, got ${describe(statistics)}`,
    );
  }
  if (groups !== undefined) assertGroups(who, groups, parts.pattern);
}

/** Throws unless `target` is a sparsity or a threshold. */
export function assertTarget(who: string, target: unknown): asserts target is Target {
  if (typeof target !== 'function' && !(typeof target === 'number' && target >= 0 && target < 1)) {
    throw misfit(who, 'sparsity', describe(target));
  }
  // A threshold is a function of the candidates alone.
  if (typeof target === 'function' && target.length > 1) {
    throw misfit(who, 'sparsity', 'an allocation; give it in the recipe, as {allocation: global()}');
  }
}

function assertGroups(who: string, groups: unknown, pattern: Pattern | undefined): void {
  if (typeof groups !== 'boolean') {
    throw new Error(`${who}: groups must be true or false, got ${describe(groups)}`);
  }
  if (groups && pattern?.tie === undefined) {
    throw new Error(`${who}: groups are of channels, and the units of the pattern are not; use channel()`);
  }
}

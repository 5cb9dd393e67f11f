import type {Allocation} from './allocation/allocation';
import type {Importance, Scored} from './importance/importance';
import {magnitude} from './importance/magnitude';
import {withStatistics} from './importance/withStatistics';
import type {Network} from './model/network';
import type {Weight} from './model/weight';
import type {Pattern} from './pattern/pattern';
import type {Skipped} from './pruned';
import type {Data, Statistics} from './statistics/statistic';
import {describe} from './util/describe';
import {assertPart} from './util/factory';
import {assertFlag, assertOptions, assertTensors} from './util/options';
import {assertWhere, choose, type Where} from './where';

/** The three choices of a pruning method, and the weights to prune. */
export interface Recipe {
  /** Scores a weight's elements; `magnitude()` by default. */
  importance?: Importance;
  /** Groups elements into units, which are kept or pruned together; `element()` by default. */
  pattern?: Pattern;
  /** Divides a sparsity among the weights; `uniform()` by default, unless the pattern has its own. */
  allocation?: Allocation;
  /** The weights to prune; all by default, except in the layers that the pattern skips. */
  where?: Where;
  /** The statistics that the importance needs, from `measure`. A weight without them is unchanged. */
  statistics?: Statistics;
  /**
   * Examples `[x, y]` on which to measure the statistics that the importance needs, also in frozen layers, before
   * each pruning. `[x]` is enough if it needs no gradients; an importance without needs ignores them.
   */
  data?: Data;
  /**
   * Whether tied channels, as those that are added, are scored and pruned together, among the selected weights; true by default for `channel()`.
   */
  groups?: boolean;
}

export const recipeOptions = [
  'importance',
  'pattern',
  'allocation',
  'where',
  'statistics',
  'data',
  'groups',
] as const;

/** Throws if a recipe is wrong for any model. */
export function assertRecipe(who: string, recipe: Recipe): void {
  assertOptions(who, recipe, recipeOptions);
  const {where, statistics, data, groups, ...parts} = recipe;
  for (const role of ['importance', 'pattern', 'allocation'] as const) {
    if (parts[role] !== undefined) assertPart(who, role, parts[role]);
  }
  if (where !== undefined) assertWhere(who, where);
  if (statistics !== undefined && typeof statistics?.get !== 'function') {
    throw new Error(
      `${who}: statistics must be a map, as await measure(model, x, y, {needs}) gives it, got ${describe(statistics)}`,
    );
  }
  if (data !== undefined) assertData(who, data, statistics);
  if (groups !== undefined) assertGroups(who, groups, parts.pattern);
}

/** A recipe with the statistics that its importance needs, measured on its data if it has any. */
export async function withData(network: Network, recipe: Recipe): Promise<Recipe> {
  const {data, ...rest} = recipe;
  const {needs = []} = recipe.importance ?? {};
  if (data === undefined || needs.length === 0) return rest;
  return {...rest, statistics: await needs[0].taken.measure(network, data, {needs})};
}

/** The weights that a recipe selects and its importance can score, as it gets them; and those that it cannot. */
export function weightsFor(
  network: Network,
  {importance = magnitude(), pattern, where, statistics}: Recipe,
): {weights: Weight[]; scored: Scored[]; skipped: Skipped[]} {
  const chosen = choose(network, where, pattern);
  const {known, skipped} = withStatistics(network, importance, chosen, statistics);
  const scored = known.map((weight) => ({
    ...weight,
    who: network.who,
    network,
    index: network.weights.indexOf(weight),
    statistics: statistics?.get(weight.name) ?? {},
  }));
  return {weights: known, scored, skipped};
}

function assertData(who: string, data: unknown, statistics: unknown): void {
  if (!Array.isArray(data) || data.length < 1 || data.length > 2) {
    throw new Error(`${who}: data must be [x, y], or [x] without targets, got ${describe(data)}`);
  }
  for (const [i, tensors] of data.entries()) {
    if (i === 0 || tensors !== undefined) assertTensors(who, 'data', tensors);
  }
  if (statistics !== undefined) {
    throw new Error(`${who}: statistics and data exclude each other; give only one of them`);
  }
}

function assertGroups(who: string, groups: unknown, pattern: Pattern | undefined): void {
  assertFlag(who, 'groups', groups);
  if (groups && pattern?.tie === undefined) {
    throw new Error(
      `${who}: groups tie channels, and the units of the pattern are not channels; use channel()`,
    );
  }
}

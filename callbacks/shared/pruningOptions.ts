import {assertRecipe, type Recipe, recipeOptions} from '../../src/recipe';
import type {Schedule} from '../../src/schedule';
import {assertCollect, type CollectOptions} from '../../src/statistics/options';
import type {Target} from '../../src/target';
import {assertPart} from '../../src/util/factory';
import {assertCount, assertNumber, assertOneOf, assertOptions} from '../../src/util/options';

/** Options for `pruning`. */
export interface PruningOptions extends Recipe {
  /** The target at each progress in [0, 1], such as `polynomial({to: 0.9})`. */
  schedule: Schedule<Target>;
  /** The unit of `begin`, `end` and `every`: epochs, as fit numbers them (default), or batches over the callback's life. */
  unit?: 'epoch' | 'batch';
  /** The epoch or batch after which masks are first updated; 0 by default. */
  begin?: number;
  /** The epoch or batch after which masks are last updated; three quarters of the run by default. */
  end?: number;
  /** The number of epochs or batches from one update to the next; 1 by default. */
  every?: number;
  /**
   * How to collect the statistics that the importance needs, unless `statistics` or `data` provides them. By default they cover
   * the epoch at whose end masks are updated, or the batches since the last update. With a `decay` in (0, 1) they cover the
   * whole run, and older batches count `decay` times as much per batch. `steps` limits the steps of recurrent layers.
   */
  collect?: CollectOptions;
  /**
   * Lets pruned weights return until the last update: they train on in the background, and each update chooses among all units again. A pruned unit
   * replaces a remaining one if its score is higher by the share `margin`, 0.2 by default. Gradients are dense until then. For training
   * from scratch; from a trained dense model it gained nothing.
   *
   * @see Guo, Yao, Chen: Dynamic Network Surgery for Efficient DNNs, 2016.
   */
  splice?: {margin?: number};
}

/** When to update masks, and to which targets. */
export type Timing = Required<Pick<PruningOptions, 'schedule' | 'unit' | 'begin' | 'every'>> &
  Pick<PruningOptions, 'end'>;

/** Separates the callback's options from the recipe, and fills in defaults. @throws on bad options. */
export function parsePruning(options: PruningOptions): {
  timing: Timing;
  collect: CollectOptions | undefined;
  recipe: Recipe;
  margin: number | undefined;
} {
  const own = ['schedule', 'unit', 'begin', 'end', 'every', 'collect', 'splice'];
  assertOptions('pruning', options, [...own, ...recipeOptions]);
  const {schedule, unit = 'epoch', begin = 0, end, every = 1, collect, splice, ...recipe} = options;
  assertRecipe('pruning', recipe);
  assertCollect('pruning', collect);
  assertPart('pruning', 'schedule', schedule);
  assertOneOf('pruning', 'unit', unit, ['epoch', 'batch']);
  assertCount('pruning', 'begin', begin, 0);
  assertCount('pruning', 'every', every);
  if (end !== undefined) {
    assertCount('pruning', 'end', end, 0);
    if (begin > end) throw new Error(`pruning: begin ${begin} is after end ${end}`);
  }
  return {
    timing: {schedule, unit, begin, end, every},
    collect,
    recipe,
    margin: splice === undefined ? undefined : marginOf(splice, recipe),
  };
}

function marginOf(splice: {margin?: number}, {pattern}: Recipe): number {
  assertOptions('pruning: splice', splice, ['margin']);
  const {margin = 0.2} = splice;
  assertNumber('pruning', 'margin', margin, 'a number from 0', (x) => x >= 0 && x < Number.POSITIVE_INFINITY);
  if (pattern?.tie ?? pattern?.dependents) {
    throw new Error(
      'pruning: splice returns weights, and a pruned unit of this pattern also prunes biases or other weights, as those of channel(); ' +
        'use element(), block() or nOfM(), or leave splice out',
    );
  }
  return margin;
}

import {assertRecipe, type Recipe, recipeOptions} from '../../src/recipe';
import type {Schedule} from '../../src/schedule';
import {assertCollect, type CollectOptions} from '../../src/statistics/options';
import type {Target} from '../../src/target';
import {describe} from '../../src/util/describe';
import {assertPart} from '../../src/util/factory';
import {assertOptions} from '../../src/util/options';

export interface PruningOptions extends Recipe {
  /** The target at each progress in [0, 1], as `polynomial({to: 0.9})`. */
  schedule: Schedule<Target>;
  /** What `begin`, `end` and `every` count: epochs, as fit numbers them, or batches over the callback's life. */
  unit?: 'epoch' | 'batch';
  /** The epoch or batch after which masks are updated first; 0 by default. */
  begin?: number;
  /** The epoch or batch after which they are updated last; by default at three quarters of the run. */
  end?: number;
  /** How many epochs or batches lie between updates; 1 by default. */
  every?: number;
  /**
   * How the statistics are collected that the importance needs, unless `statistics` gives them: over the epoch at whose
   * end masks are updated, or the batches since the last update, or with a `decay` in (0, 1) over the whole run, where
   * what was seen counts `decay` times as much a batch later. `steps` limits which of a recurrent layer count.
   */
  collect?: CollectOptions;
}

/** When masks are updated, and to what targets. */
export type Timing = Pick<PruningOptions, 'schedule' | 'unit' | 'begin' | 'end' | 'every'>;

/** Parts the options from the recipe. @throws on bad options. */
export function parsePruning(options: PruningOptions): {
  timing: Timing;
  collect: CollectOptions | undefined;
  recipe: Recipe;
} {
  assertOptions('pruning', options, [
    'schedule',
    'unit',
    'begin',
    'end',
    'every',
    'collect',
    ...recipeOptions,
  ]);
  const {schedule, unit, begin, end, every, collect, ...recipe} = options;
  assertRecipe('pruning', recipe);
  assertCollect('pruning', collect);
  assertPart('pruning', 'schedule', schedule);
  if (unit !== undefined && unit !== 'epoch' && unit !== 'batch') {
    throw new Error(`pruning: unit must be 'epoch' or 'batch', got ${describe(unit)}`);
  }
  for (const [name, value, least] of [
    ['begin', begin, 0],
    ['end', end, 0],
    ['every', every, 1],
  ] as const) {
    if (value !== undefined && !(Number.isInteger(value) && value >= least)) {
      throw new Error(`pruning: ${name} must be a whole number from ${least}, got ${describe(value)}`);
    }
  }
  if (begin !== undefined && end !== undefined && begin > end) {
    throw new Error(`pruning: begin ${begin} is after end ${end}`);
  }
  return {timing: {schedule, unit, begin, end, every}, collect, recipe};
}

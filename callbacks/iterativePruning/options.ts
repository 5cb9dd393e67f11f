import {Tensor} from '@tensorflow/tfjs-core';
import type {Examples} from '../../src/evaluate/metric/evaluate';
import {assertMode, type Mode, modeFor} from '../../src/evaluate/metric/mode';
import {assertRecipe, type Recipe, recipeOptions} from '../../src/recipe';
import {assertCollect, type CollectOptions} from '../../src/statistics/options';
import {describe} from '../../src/util/describe';
import {assertCount, assertNumber, assertOptions} from '../../src/util/options';
import {assertStep, type Step, shareOf} from './budget';

/** How `iterativePruning` goes on. */
export interface LoopOptions {
  /**
   * The figure that decides, a name in the logs; by default that of the first validation metric whose name implies its mode,
   * as `'val_acc'`, or `'val_loss'`, which is also the default for models of several outputs.
   */
  monitor?: string;
  /** Whether it is better large or small; by default by its name, as `'min'` of a loss or an error. */
  mode?: Mode;
  /** What the dense model has to reach before anything is pruned; by default what it reaches by the epoch `begin`. */
  baseline?: number;
  /** The epoch after which the first cut is made where no baseline is given; 0 by default. */
  begin?: number;
  /** How much worse than the baseline the monitored metric may be, in its own units; 0.01 by default. */
  maxDrop?: number;
  /** How much more is pruned in a round: a share of the whole, 0.1 by default, or `{ofRemaining: 0.2}`. */
  step?: Step;
  /** The smallest step to try after halving; an eighth of `step` by default. */
  minStep?: number;
  /** The epochs in which a cut may recover; 1 by default. */
  recover?: number;
  /** Where to stop: at a sparsity, 0.99 by default, or where the metric would be worse than a level. */
  until?: {sparsity?: number; metric?: number};
  /** Training examples for the figure `before`, of which it takes 1,000; without, it is the last one in the logs. */
  sample?: Examples;
  /** As in `pruning`. */
  collect?: CollectOptions;
}

/** The options with their defaults. */
export type Loop = Required<Omit<LoopOptions, 'monitor' | 'mode' | 'baseline' | 'sample' | 'until'>> &
  Pick<LoopOptions, 'monitor' | 'mode' | 'baseline' | 'sample'> & {
    sparsity: number;
    level: number | undefined;
  };

const names: (keyof LoopOptions)[] = [
  'monitor',
  'mode',
  'baseline',
  'begin',
  'maxDrop',
  'step',
  'minStep',
  'recover',
  'until',
  'sample',
  'collect',
];

/** Parts the loop from the recipe. @param who The function that the user called. @throws on bad options. */
export function parseLoop(who: string, options: LoopOptions & Recipe): {loop: Loop; recipe: Recipe} {
  assertOptions(who, options, [...names, ...recipeOptions]);
  const {
    monitor,
    mode,
    baseline,
    begin = 0,
    maxDrop = 0.01,
    step = 0.1,
    minStep = shareOf(step) / 8,
    recover = 1,
    until = {},
    sample,
    collect = {},
    ...recipe
  } = options;
  if (monitor !== undefined && (typeof monitor !== 'string' || monitor === '')) {
    throw new Error(`${who}: monitor must be a name in the logs, as 'val_acc', got ${describe(monitor)}`);
  }
  assertMode(who, mode);
  if (monitor !== undefined) modeFor(who, monitor, mode);
  assertOptions(`${who}: until`, until, ['sparsity', 'metric']);
  const {sparsity = 0.99, metric: level} = until;
  if (baseline !== undefined) assertNumber(who, 'baseline', baseline, 'a number');
  assertCount(who, 'begin', begin, 0);
  assertNumber(who, 'maxDrop', maxDrop, 'a number from 0', (x) => x >= 0);
  assertStep(who, step);
  assertNumber(
    who,
    'minStep',
    minStep,
    'a number above 0, at most the step',
    (x) => x > 0 && x <= shareOf(step),
  );
  assertCount(who, 'recover', recover);
  assertNumber(who, 'until.sparsity', sparsity, 'a number in (0, 1)', (x) => x > 0 && x < 1);
  if (level !== undefined) assertNumber(who, 'until.metric', level, 'a number');
  const isSample = Array.isArray(sample) && sample.length === 2;
  if (sample !== undefined && !(isSample && sample.flat().every((tensor) => tensor instanceof Tensor))) {
    throw new Error(`${who}: sample must be [x, y], two tensors of training data, got ${describe(sample)}`);
  }
  assertRecipe(who, recipe);
  assertCollect(who, collect);
  return {
    loop: {monitor, mode, baseline, begin, maxDrop, step, minStep, recover, sparsity, level, sample, collect},
    recipe,
  };
}

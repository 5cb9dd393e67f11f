import {assertMode, type Mode, modeFor} from '../../src/evaluate/metric/mode';
import {areExamples, type Examples} from '../../src/model/batches';
import {assertRecipe, type Recipe, recipeOptions} from '../../src/recipe';
import {assertCollect, type CollectOptions} from '../../src/statistics/options';
import {assertCount, assertNumber, assertOptions, wrong} from '../../src/util/options';
import {assertStep, type Step, shareOf} from './step';

/** Loop options for `iterativePruning`. */
export interface LoopOptions {
  /**
   * The metric that decides, a name in the logs. By default the first validation metric whose name implies its mode, such as
   * `'val_acc'`, or else `'val_loss'`; for models of several outputs `'val_loss'`.
   */
  monitor?: string;
  /** Whether large or small values are better; by default by its name, as `'min'` for a loss or an error. */
  mode?: Mode;
  /** The value that the dense model has to reach before pruning begins; by default its value at epoch `begin`. */
  baseline?: number;
  /** The epoch after which the first step prunes if there is no `baseline`; 0 by default. */
  begin?: number;
  /** How much worse than the baseline the monitored metric may be, in its own units; 0.01 by default. */
  maxDrop?: number;
  /** How much more each round prunes: a share of all weights, 0.1 by default, or `{ofRemaining: 0.2}`. */
  step?: Step;
  /** The smallest step to try after halving, a share like `step`; an eighth of `step` by default. */
  minStep?: number;
  /** The number of epochs to recover after a step; 1 by default. */
  recover?: number;
  /** Where to stop: at a sparsity, 0.99 by default, or before the metric becomes worse than a level. */
  until?: {sparsity?: number; metric?: number};
  /** Training examples for the figure `before`, of which it uses the first 1,000; by default it is taken from the logs. */
  sample?: Examples;
  /** How to collect the statistics that the importance needs, with the defaults of `pruning`. */
  collect?: CollectOptions;
}

type Optional = 'monitor' | 'mode' | 'baseline' | 'sample';

/** The options with their defaults; `until` as `sparsity` and `level`. */
export type Loop = Required<Omit<LoopOptions, Optional | 'until'>> &
  Pick<LoopOptions, Optional> & {sparsity: number; level: number | undefined};

const names: (keyof LoopOptions)[] = [
  ...(['monitor', 'mode', 'baseline', 'begin', 'maxDrop', 'step', 'minStep'] as const),
  ...(['recover', 'until', 'sample', 'collect'] as const),
];

/** Separates the options of the loop from the recipe. @param who The function that the user called. @throws on bad options. */
export function parseLoop(who: string, options: LoopOptions & Recipe): {loop: Loop; recipe: Recipe} {
  assertOptions(who, options, [...names, ...recipeOptions]);
  const {begin = 0, maxDrop = 0.01, step = 0.1, recover = 1, until = {}, collect = {}, ...more} = options;
  const {monitor, mode, baseline, minStep = shareOf(step) / 8, sample, ...recipe} = more;
  assertOptions(`${who}: until`, until, ['sparsity', 'metric']);
  const {sparsity = 0.99, metric: level} = until;
  const loop = {
    monitor,
    mode,
    baseline,
    begin,
    maxDrop,
    step,
    minStep,
    recover,
    sparsity,
    level,
    sample,
    collect,
  };
  assertLoop(who, loop);
  assertRecipe(who, recipe);
  return {loop, recipe};
}

function assertLoop(who: string, loop: Loop): void {
  const {monitor, mode, baseline, level, sample, step} = loop;
  if (monitor !== undefined && (typeof monitor !== 'string' || monitor === '')) {
    throw wrong(who, 'monitor', "a name in the logs, as 'val_acc'", monitor);
  }
  assertMode(who, mode);
  if (monitor !== undefined) modeFor(who, monitor, mode);
  if (baseline !== undefined) assertNumber(who, 'baseline', baseline, 'a number');
  assertCount(who, 'begin', loop.begin, 0);
  assertNumber(who, 'maxDrop', loop.maxDrop, 'a number from 0', (x) => x >= 0);
  assertStep(who, step);
  const isStep = (x: number) => x > 0 && x <= shareOf(step);
  assertNumber(who, 'minStep', loop.minStep, 'a number above 0, at most the step', isStep);
  assertCount(who, 'recover', loop.recover);
  assertNumber(who, 'until.sparsity', loop.sparsity, 'a number in (0, 1)', (x) => x > 0 && x < 1);
  if (level !== undefined) assertNumber(who, 'until.metric', level, 'a number');
  if (sample !== undefined && !areExamples(sample)) {
    throw wrong(who, 'sample', '[x, y], two tensors of training data', sample);
  }
  assertCollect(who, loop.collect);
}

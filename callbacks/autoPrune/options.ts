import type {LayersModel, ModelFitArgs} from '@tensorflow/tfjs-layers';
import {global} from '../../src/allocation/global';
import {compiledNames} from '../../src/evaluate/metric/evaluate';
import type {Mode} from '../../src/evaluate/metric/mode';
import {fisher} from '../../src/importance/fisher';
import {magnitude} from '../../src/importance/magnitude';
import {taylor} from '../../src/importance/taylor';
import {areExamples, type Examples, type Tensors} from '../../src/model/batches';
import {assertRecipe, type Recipe, recipeOptions} from '../../src/recipe';
import {describe} from '../../src/util/describe';
import {
  assertCount,
  assertNumber,
  assertOptions,
  assertTensors,
  isRecord,
  wrong,
} from '../../src/util/options';
import {monitored} from '../iterativePruning/monitor';
import {parseLoop} from '../iterativePruning/options';

/** Training data and validation data of `autoPrune`. */
export interface AutoPruneData {
  /** The training examples, as given to fit. */
  x: Tensors;
  /** Their targets. */
  y: Tensors;
  /** The data that decides; do not use the test data. */
  validationData: Examples;
}

/** A recipe to try. */
export interface Candidate extends Recipe {
  /**
   * The share of channels to prune first, as far as the budget allows, in (0, 1): the network becomes narrower, without the
   * pruned channels, and the recipe prunes the smaller one.
   */
  channels?: number;
}

/** Options for `autoPrune`. */
export interface AutoPruneOptions {
  /** The recipes to try, by name; by default magnitude, taylor and fisher, each with `global()`. */
  candidates?: Readonly<Record<string, Candidate>>;
  /** How to try each recipe: pruned to `sparsity`, 0.8 by default, after one epoch, and trained for `epochs` more, by default 1. */
  trial?: {sparsity?: number; epochs?: number};
  /** How much worse the monitored metric of the pruned model may be; 0.01 by default. */
  maxDrop?: number;
  /** A name in the logs; by default as in `iterativePruning`. */
  monitor?: string;
  /** Whether large or small values are better; by default by its name. */
  mode?: Mode;
  /** The loop's epochs, 20 by default, and other fit options. */
  fit?: Pick<ModelFitArgs, 'epochs' | 'batchSize' | 'shuffle' | 'verbose'>;
  /** Where the loop stops, as in `iterativePruning`: at a sparsity of 0.99 by default. */
  until?: {sparsity?: number; metric?: number};
  /** How much more each round of the loop prunes, a share of all weights; 0.1 by default. */
  step?: number;
}

/** The options with their defaults. @throws on bad options. */
export function parseAutoPrune(options: AutoPruneOptions) {
  const names = ['candidates', 'trial', 'maxDrop', 'monitor', 'mode', 'fit', 'until', 'step'];
  assertOptions('autoPrune', options, names);
  const {candidates = defaultCandidates(), trial = {}, fit = {}, ...loop} = options;
  assertOptions('autoPrune: trial', trial, ['sparsity', 'epochs']);
  const {sparsity = 0.8, epochs = 1} = trial;
  assertNumber('autoPrune', 'trial.sparsity', sparsity, 'in [0, 1)', (value) => value >= 0 && value < 1);
  assertCount('autoPrune', 'trial.epochs', epochs);
  assertOptions('autoPrune: fit', fit, ['epochs', 'batchSize', 'shuffle', 'verbose']);
  parseLoop('autoPrune', loop);
  if (!isRecord(candidates)) throw wrong('autoPrune', 'candidates', 'recipes by name', candidates);
  if (Object.keys(candidates).length === 0) throw new Error('autoPrune: there are no candidates to try');
  for (const [name, candidate] of Object.entries(candidates)) {
    const who = `autoPrune: candidate ${name}`;
    assertOptions(who, candidate, [...recipeOptions, 'channels']);
    const {channels, ...recipe} = candidate;
    assertRecipe(who, recipe);
    const isShare = (share: number) => share > 0 && share < 1;
    if (channels === undefined) continue;
    assertNumber(who, 'channels', channels, 'a share in (0, 1)', isShare);
    if (recipe.statistics !== undefined) {
      throw new Error(`${who}: statistics do not fit the network without channels; give data in their place`);
    }
  }
  return {candidates, trial: {sparsity, epochs}, fit, loop};
}

/** The metric to monitor in a fit with validation data, and its mode. @throws if the model does not have it. */
export function monitoredIn(model: LayersModel, options: AutoPruneOptions): {monitor: string; mode: Mode} {
  const known = compiledNames('autoPrune', model).flatMap((name) => [name, `val_${name}`]);
  return monitored('autoPrune', options, known, model.outputs.length);
}

export function assertAutoPruneData(data: AutoPruneData): void {
  if (!isRecord(data)) throw wrong('autoPrune', 'data', '{x, y, validationData: [x, y]}', data);
  assertOptions('autoPrune: data', data, ['x', 'y', 'validationData']);
  const {x, y, validationData} = data;
  assertTensors('autoPrune', 'x', x);
  assertTensors('autoPrune', 'y', y);
  if (!areExamples(validationData)) {
    throw new Error(
      `autoPrune: data must be {x, y, validationData: [x, y]}, got validationData ${describe(validationData)}`,
    );
  }
}

function defaultCandidates(): Record<string, Candidate> {
  const allocation = global();
  return {
    magnitude: {importance: magnitude(), allocation},
    taylor: {importance: taylor(), allocation},
    fisher: {importance: fisher(), allocation},
  };
}

import type {Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {tiedIn} from '../allocation/named';
import type {WeightSparsity} from '../allocation/perWeight';
import {type Network, readPrunable} from '../model/network';
import {restoreSnapshot, takeSnapshot} from '../model/snapshot';
import type {Weight} from '../model/weight';
import {decide, prune} from '../prune';
import {assertRecipe, type Recipe, withData} from '../recipe';
import {describe} from '../util/describe';
import {assertNumber, assertOptions, wrong} from '../util/options';
import {table} from '../util/table';
import {choose} from '../where';
import {hasTensors} from './metric/evaluate';
import {measureFor} from './metric/measure';
import type {Metric} from './metric/metric';
import type {Mode} from './metric/mode';

export interface SensitivityOptions {
  /** What to try on each weight; 0.5, 0.7, 0.8, 0.9 and 0.95 by default. */
  sparsities?: readonly number[];
  /** How to prune; its `where` says which weights are tried. */
  recipe?: Recipe;
  /**
   * What to measure: a metric of the library, or the name of a compiled one, as `'loss'`. By default the accuracy of a
   * classifier; else the first metric that the model is compiled with whose name implies its mode, or the loss.
   */
  metric?: Metric | string;
  /** Whether the metric is better large or small; by default by its name. */
  mode?: Mode;
  /** Is told how many of how many trials are done. */
  onProgress?: (done: number, of: number) => void;
}

/** What each weight alone costs when it is pruned, without any training. */
export interface Sensitivity {
  /** The name of the figure, and whether it is better large or small. */
  readonly metric: string;
  readonly mode: Mode;
  /** The figure of the model unchanged. */
  readonly baseline: number;
  readonly sparsities: readonly number[];
  readonly weights: readonly WeightSensitivity[];
  /** All of it as a table. */
  toString(): string;
}

export interface WeightSensitivity {
  readonly name: string;
  readonly layer: string;
  readonly size: number;
  /** The figure of the model with this weight pruned to each sparsity. */
  readonly figures: readonly number[];
}

/**
 * Prunes each weight alone to each sparsity, and measures the model on some data. Weights whose channels are tied are
 * pruned together, and have the same figures. The model is unchanged afterwards. It takes weights × sparsities passes over
 * the data, a tied group counting as one weight.
 *
 * @param x Validation examples, of several inputs a list; a test set should not decide.
 * @param y Targets, of several outputs a list; for accuracy and its like one-hot or class numbers.
 * @throws on bad options or a sparsity outside [0, 1), where there is nothing to prune, where the model does not have the
 *   metric, or where the name of the metric does not tell its mode.
 * @see Li, Kadav, Durdanovic, Samet, Graf: Pruning Filters for Efficient ConvNets, 2017.
 */
export async function sensitivity(
  model: LayersModel,
  x: Tensor | Tensor[],
  y: Tensor | Tensor[],
  options: SensitivityOptions = {},
): Promise<Sensitivity> {
  assertOptions('sensitivity', options, ['sparsities', 'recipe', 'metric', 'mode', 'onProgress']);
  const {sparsities = [0.5, 0.7, 0.8, 0.9, 0.95], recipe: given = {}, metric, mode, onProgress} = options;
  if (!Array.isArray(sparsities) || sparsities.length === 0) {
    throw wrong('sensitivity', 'sparsities', 'numbers in [0, 1)', sparsities);
  }
  for (const sparsity of sparsities) {
    assertNumber('sensitivity', 'sparsities', sparsity, 'numbers in [0, 1)', (x) => x >= 0 && x < 1);
  }
  assertRecipe('sensitivity', given);
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw wrong('sensitivity', 'onProgress', 'a function', onProgress);
  }
  if (!hasTensors([x, y])) {
    throw new Error(
      `sensitivity: data must be [x, y], two tensors, got x ${describe(x)} and y ${describe(y)}`,
    );
  }
  const network = readPrunable('sensitivity', model);
  const recipe = await withData(network, given);
  const chosen = choose(network, recipe.where, recipe.pattern);
  const measure = measureFor('sensitivity', model, metric, mode);
  const figure = () => measure.of([x, y]);

  const baseline = await figure();
  const before = await takeSnapshot(model);
  const groups = await groupsIn(network, chosen, recipe);
  const figuresOf = new Map<string, number[]>();
  let done = 0;
  try {
    for (const names of groups) {
      const figures: number[] = [];
      for (const sparsity of sparsities) {
        await prune(model, sparsity, {...recipe, where: ({name}) => names.includes(name)});
        figures.push(await figure());
        restoreSnapshot(model, before);
        onProgress?.(++done, groups.length * sparsities.length);
      }
      for (const name of names) figuresOf.set(name, figures);
    }
  } finally {
    restoreSnapshot(model, before);
  }
  const rows = chosen.map(
    ({name, layer, value}): WeightSensitivity => ({
      ...{name, layer, size: value.size},
      figures: figuresOf.get(name) as number[],
    }),
  );
  const isShare =
    measure.mode === 'max' && [baseline, ...rows.flatMap(({figures}) => figures)].every(isInUnit);
  const text = isShare ? percent : (value: number) => value.toPrecision(4);
  return {
    metric: measure.name,
    mode: measure.mode,
    baseline,
    sparsities,
    weights: rows,
    toString: () =>
      table([
        [`${measure.name} ${text(baseline)}`, ...sparsities.map(percent)],
        ...rows.map(({name, figures}) => [name, ...figures.map(text)]),
      ]),
  };
}

/** The names of the weights that a recipe prunes as one. */
async function groupsIn(network: Network, chosen: readonly Weight[], recipe: Recipe): Promise<string[][]> {
  let groups: string[][] = [];
  const names = chosen.map(({name}) => name);
  await decide(network, 0, {
    ...recipe,
    where: ({name}) => names.includes(name),
    allocation: (candidates) => {
      groups = candidates.map((candidate) => tiedIn(candidate).map(({name}) => name));
      return candidates.map(({scores}) => scores.length);
    },
  });
  // A weight of which the importance does not know enough is tried all the same, and named by the error.
  const alone = names.filter((name) => !groups.flat().includes(name));
  return [...groups, ...alone.map((name) => [name])];
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

const isInUnit = (value: number) => value >= 0 && value <= 1;

/**
 * Sparsities by weight for `perWeight`: weights that could be pruned further within `maxDrop` of the baseline lose more,
 * fragile ones less, and all elements together come to the sparsity asked for, as far as none is to lose more than 99 %.
 *
 * formula: sparsityᵢ = asked · tᵢ / mean t, tᵢ the largest sparsity tried at which the weight cost no more than maxDrop
 *
 * @param found What `sensitivity` returned; without `mode` its figures are better large.
 * @param maxDrop How much worse a figure may be, in the units of the metric; 0.01 by default.
 */
export function fromSensitivity(
  found: Pick<Sensitivity, 'baseline' | 'sparsities' | 'weights'> & Partial<Pick<Sensitivity, 'mode'>>,
  options: {maxDrop?: number} = {},
): Record<string, WeightSparsity> {
  if (!Array.isArray(found?.sparsities) || !Array.isArray(found.weights)) {
    throw wrong('fromSensitivity', 'the first argument', 'the result of sensitivity()', found);
  }
  assertOptions('fromSensitivity', options, ['maxDrop']);
  const {baseline, sparsities, weights, mode} = found;
  const {maxDrop = 0.01} = options;
  assertNumber('fromSensitivity', 'maxDrop', maxDrop, 'a number from 0', (x) => x >= 0);
  const drop = (figure: number) => (mode === 'min' ? figure - baseline : baseline - figure);
  // A weight that tolerates no sparsity tried is given half of the lowest one.
  const least = Math.min(...sparsities) / 2;
  const tolerated = weights.map(({figures}) =>
    Math.max(least, ...sparsities.filter((_, i) => drop(figures[i]) <= maxDrop)),
  );
  const total = weights.reduce((sum, {size}) => sum + size, 0);
  const mean = weights.reduce((sum, {size}, i) => sum + (size * tolerated[i]) / total, 0);
  return Object.fromEntries(
    weights.map(({name}, i) => [name, (asked: number) => Math.min(0.99, (asked * tolerated[i]) / mean)]),
  );
}

import type {Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {WeightSparsity} from './allocation/perWeight';
import {accuracy} from './metric/accuracy';
import {assertData, confusionOf} from './metric/evaluate';
import type {Metric} from './metric/metric';
import {assertOptions} from './options';
import {prune, type Recipe} from './prune';
import {restoreSnapshot, takeSnapshot} from './snapshot';
import {table} from './table';
import {describe} from './tfjs';
import {prunableWeights} from './weight';
import {choose} from './where';

export interface SensitivityOptions {
  /** What to try on each weight; 0.5, 0.7, 0.8, 0.9 and 0.95 by default. */
  sparsities?: readonly number[];
  /** How to prune; its `where` says which weights are tried. */
  recipe?: Recipe;
  /** What to tell; `accuracy()` by default. */
  metric?: Metric;
  /** Is told how many of how many trials are done. */
  onProgress?: (done: number, of: number) => void;
}

/** What each weight alone costs when it is pruned, without any training. */
export interface Sensitivity {
  /** The figure of the model as it is. */
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
 * Prunes each weight alone to each sparsity, and tells how well the model then does on some data. The model is left as it
 * was. It takes weights × sparsities passes over the data.
 *
 * @param x Validation examples; a test set should not decide. @param y Targets, one-hot or class numbers.
 * @throws on bad options or a sparsity outside [0, 1), or where there is nothing to prune.
 * @see Li, Kadav, Durdanovic, Samet, Graf: Pruning Filters for Efficient ConvNets, 2017.
 */
export async function sensitivity(
  model: LayersModel,
  x: Tensor | Tensor[],
  y: Tensor,
  options: SensitivityOptions = {},
): Promise<Sensitivity> {
  assertOptions('sensitivity', options, ['sparsities', 'recipe', 'metric', 'onProgress']);
  const {sparsities = [0.5, 0.7, 0.8, 0.9, 0.95], recipe = {}, metric = accuracy(), onProgress} = options;
  const wrong = sparsities.find((sparsity) => !(sparsity >= 0 && sparsity < 1));
  if (wrong !== undefined || sparsities.length === 0) {
    throw new Error(
      `sensitivity: sparsities must be numbers in [0, 1), got ${describe(wrong ?? sparsities)}`,
    );
  }
  assertData('sensitivity', [x, y]);
  const weights = prunableWeights(model, 'sensitivity');
  const chosen = choose('sensitivity', model, weights, recipe.where, recipe.pattern);
  const figure = async () => metric(await confusionOf(model, [x, y], 256));

  const baseline = await figure();
  const before = await takeSnapshot(model);
  const rows: WeightSensitivity[] = [];
  try {
    for (const {name, layer, value} of chosen) {
      const figures: number[] = [];
      for (const sparsity of sparsities) {
        await prune(model, sparsity, {...recipe, where: (weight) => weight.name === name});
        figures.push(await figure());
        restoreSnapshot(model, before);
        onProgress?.(rows.length * sparsities.length + figures.length, chosen.length * sparsities.length);
      }
      rows.push({name, layer, size: value.size, figures});
    }
  } finally {
    restoreSnapshot(model, before);
  }
  return {
    baseline,
    sparsities,
    weights: rows,
    toString: () =>
      table([
        [`${metric.metricName} ${percent(baseline)}`, ...sparsities.map(percent)],
        ...rows.map(({name, figures}) => [name, ...figures.map(percent)]),
      ]),
  };
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

/**
 * Sparsities by weight for `perWeight`: weights that could be pruned further within `maxDrop` of the baseline lose more,
 * fragile ones less, and all elements together come to the sparsity asked for, as far as none is to lose more than 99 %.
 *
 * formula: sparsityᵢ = asked · tᵢ / mean t, tᵢ the largest sparsity tried at which the weight cost no more than maxDrop
 *
 * @param maxDrop 0.01 by default, in the units of the metric. A metric that is better when small is not for this.
 */
export function fromSensitivity(
  {baseline, sparsities, weights}: Pick<Sensitivity, 'baseline' | 'sparsities' | 'weights'>,
  options: {maxDrop?: number} = {},
): Record<string, WeightSparsity> {
  assertOptions('fromSensitivity', options, ['maxDrop']);
  const {maxDrop = 0.01} = options;
  // A weight that bears nothing still bears something: half of the least that was tried.
  const least = Math.min(...sparsities) / 2;
  const bears = weights.map(({figures}) =>
    Math.max(least, ...sparsities.filter((_, i) => baseline - figures[i] <= maxDrop)),
  );
  const total = weights.reduce((sum, {size}) => sum + size, 0);
  const mean = weights.reduce((sum, {size}, i) => sum + (size * bears[i]) / total, 0);
  return Object.fromEntries(
    weights.map(({name}, i) => [name, (asked: number) => Math.min(0.99, (asked * bears[i]) / mean)]),
  );
}

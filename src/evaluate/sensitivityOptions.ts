import {assertRecipe, type Recipe} from '../recipe';
import {assertOptions, wrong} from '../util/options';
import type {Metric} from './metric/metric';
import type {Mode} from './metric/mode';

/** Options for `sensitivity`. */
export interface SensitivityOptions {
  /** The sparsities to try on each weight; 0.5, 0.7, 0.8, 0.9 and 0.95 by default. */
  sparsities?: readonly number[];
  /** How to prune; its `where` selects the weights to try. By default the magnitudes of all weights. */
  recipe?: Recipe;
  /**
   * A library metric, or the name of a compiled one, such as `'loss'`. By default the accuracy of a classifier; else the
   * first compiled metric whose name implies its mode, or the loss.
   */
  metric?: Metric | string;
  /** Whether large or small values of the metric are better; by default by its name. */
  mode?: Mode;
  /** Called after each trial with the number of trials done and the total; nothing by default. */
  onProgress?: (done: number, of: number) => void;
}

/** The options with their defaults. @throws on bad options. */
export function parseSensitivity(options: SensitivityOptions) {
  assertOptions('sensitivity', options, ['sparsities', 'recipe', 'metric', 'mode', 'onProgress']);
  const {sparsities = [0.5, 0.7, 0.8, 0.9, 0.95], recipe = {}, metric, mode, onProgress} = options;
  const isShare = (sparsity: unknown) => typeof sparsity === 'number' && sparsity >= 0 && sparsity < 1;
  const bad = Array.isArray(sparsities) ? sparsities.filter((one) => !isShare(one)) : [sparsities];
  if (bad.length > 0 || sparsities.length === 0) {
    throw wrong('sensitivity', 'sparsities', 'numbers in [0, 1)', [...bad, sparsities][0]);
  }
  assertRecipe('sensitivity', recipe);
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw wrong('sensitivity', 'onProgress', 'a function', onProgress);
  }
  return {sparsities, recipe, metric, mode, onProgress};
}

import type {LayersModel} from '@tensorflow/tfjs-layers';
import {magnitude} from '../../src/importance/magnitude';
import {assertScores} from '../../src/importance/score';
import {decide} from '../../src/prune';
import {type Recipe, weightsFor, withData} from '../../src/recipe';
import type {Target} from '../../src/target';

/**
 * Throws where a recipe does not fit a model, before training spends time on it, and changes nothing. An importance that
 * needs statistics of the training has none yet, so that only its weights, units and counts are tried.
 */
export async function tryRecipe(
  who: string,
  model: LayersModel,
  recipe: Recipe,
  targets: readonly Target[],
): Promise<void> {
  const informed = await withData(who, model, recipe);
  const {importance = magnitude(), statistics} = informed;
  if (importance.needs === undefined || statistics !== undefined) {
    await assertScores(who, weightsFor(who, model, informed).scored, importance);
  }
  for (const target of targets) {
    await decide(who, model, target, {...informed, importance: magnitude()}, rising);
  }
}

/** Scores in the place of those of an importance, which need not be finite before training, and take a read. */
async function rising(_: string, weights: readonly {value: {size: number}}[]): Promise<Float32Array[]> {
  return weights.map(({value: {size}}) => {
    const scores = new Float32Array(size);
    for (let i = 0; i < size; i++) scores[i] = (i + 1) / size;
    return scores;
  });
}

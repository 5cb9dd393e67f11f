import {magnitude} from '../../src/importance/magnitude';
import {assertScores} from '../../src/importance/score';
import type {Network} from '../../src/model/network';
import {decide} from '../../src/prune';
import {type Recipe, weightsFor, withData} from '../../src/recipe';
import type {Target} from '../../src/target';

/**
 * Throws if a recipe or its targets do not fit a model, before training spends time on it, and changes nothing. An importance
 * that needs statistics of the training has none yet, so only its weights, units and counts are tried.
 */
export async function tryTargets(
  network: Network,
  recipe: Recipe,
  targets: readonly Target[],
): Promise<void> {
  const informed = await withData(network, recipe);
  const {importance = magnitude(), statistics} = informed;
  if (importance.needs === undefined || statistics !== undefined) {
    await assertScores(network, weightsFor(network, informed).scored, importance);
  }
  for (const target of targets) {
    await decide(network, target, {...informed, importance: magnitude()}, risingScores);
  }
}

/** Replaces an importance's scores, which may not be finite before training, and would have to be read. */
async function risingScores(
  _: Network,
  weights: readonly {value: {size: number}}[],
): Promise<Float32Array[]> {
  return weights.map(({value: {size}}) => {
    const scores = new Float32Array(size);
    for (let i = 0; i < size; i++) scores[i] = (i + 1) / size;
    return scores;
  });
}

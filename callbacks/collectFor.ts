import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Recipe} from '../src/recipe';
import {type Collection, type CollectOptions, collectInTraining} from '../src/statistics/collect';
import type {Weight} from '../src/weight';

/** Collects what the importance of a recipe needs, if it needs anything that is not given. */
export function collectFor(
  model: LayersModel,
  {importance, statistics}: Recipe,
  weights: readonly Weight[],
  options: CollectOptions | undefined,
): Collection | undefined {
  return importance?.needs === undefined || statistics !== undefined
    ? undefined
    : collectInTraining(model, weights, importance.needs, options);
}

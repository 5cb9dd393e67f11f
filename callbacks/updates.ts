import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Pruned} from '../src/pruned';
import {whenTrainingEnds} from './trainingCallback';

/** What the pruning callbacks of each model in training did last; undefined where they have not pruned yet. */
const latest = new WeakMap<LayersModel, Pruned | undefined>();

/** Says that a callback is going to prune a model, until its training ends. */
export function announceUpdates(model: LayersModel): void {
  latest.set(model, undefined);
  whenTrainingEnds(model, () => latest.delete(model));
}

/** Tells the other callbacks of a model what was pruned. */
export function tellUpdate(model: LayersModel, update: Pruned): void {
  latest.set(model, update);
}

/** Whether a callback is going to prune a model; of those later in the list it is known from the first epoch on. */
export function expectsUpdates(model: LayersModel): boolean {
  return latest.has(model);
}

/** What a model lost last in this training. */
export function latestUpdate(model: LayersModel): Pruned | undefined {
  return latest.get(model);
}

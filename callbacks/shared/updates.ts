import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type Network, readPrunable} from '../../src/model/network';
import {shadow} from '../../src/model/shadow';
import {sparsityOf} from '../../src/model/weight';
import type {Pruned} from '../../src/pruned';
import {whenTrainingEnds} from './trainingCallback';

/** What the pruning callbacks of each model in training did last; undefined where they have not pruned yet. */
const latest = new WeakMap<LayersModel, Pruned | undefined>();

/** Announces that a callback is going to prune a model, and logs its sparsity, until its training ends. */
export function announceUpdates(model: LayersModel): void {
  const isFirst = !latest.has(model);
  latest.set(model, undefined);
  if (!isFirst) return;
  // Hooks that are called by hand come without a history.
  const {history} = model as {history?: LayersModel['history']};
  const end =
    history &&
    shadow(history, 'onEpochEnd', (record) => async (epoch, logs = {}) => {
      // It is the last of all callbacks, after whatever else prunes at the end of an epoch.
      await logSparsity(readPrunable('pruning', model), logs);
      await record(epoch, logs);
    });
  whenTrainingEnds(model, () => {
    latest.delete(model);
    end?.();
  });
}

/** Writes the share of masked elements in all prunable weights of a model into the logs of an epoch. */
export async function logSparsity({weights}: Network, logs: {sparsity?: unknown}): Promise<void> {
  logs.sparsity = await sparsityOf(weights);
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

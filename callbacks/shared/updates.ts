import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type Network, readPrunable} from '../../src/model/network';
import {shadow} from '../../src/model/shadow';
import {sparsityOf} from '../../src/model/weight';
import {joinRun} from './trainingRun';

/** Announces that a callback prunes a model, and logs the sparsity of the model until its training ends. */
export function announcePruning(model: LayersModel): void {
  const run = joinRun(model);
  run.latest = undefined;
  if (run.prunes) return;
  run.prunes = true;
  // Hooks that are called by hand come without a history.
  const {history} = model as {history?: LayersModel['history']};
  if (history === undefined) return;
  const end = shadow(history, 'onEpochEnd', (record) => async (epoch, logs = {}) => {
    // The history is the last callback, after all others that prune at an epoch's end.
    await logSparsity(readPrunable('pruning', model), logs);
    await record(epoch, logs);
  });
  run.cleanups.push(end);
}

/** Writes the model's sparsity, the share of masked elements, into an epoch's logs. */
export async function logSparsity({weights}: Network, logs: {sparsity?: unknown}): Promise<void> {
  logs.sparsity = await sparsityOf(weights);
}

import type {LayersModel} from '@tensorflow/tfjs-layers';
import {functionalOf} from './tfjs';

/** What is last in the queue of a model. */
const last = new WeakMap<LayersModel, Promise<unknown>>();

/** Runs what changes a model when all that came before has ended, so that calls at the same time do not mix. */
export function queued<Result>(model: LayersModel, run: () => Promise<Result>): Promise<Result> {
  // Callbacks of a Sequential get the functional model inside it.
  const owner = functionalOf(model);
  const before = last.get(owner) ?? Promise.resolve();
  const result = before.then(run, run);
  last.set(owner, result);
  return result;
}

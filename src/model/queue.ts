import type {LayersModel} from '@tensorflow/tfjs-layers';
import {functionalOf} from './tfjs';

/** The last call in each model's queue. */
const last = new WeakMap<LayersModel, Promise<unknown>>();

/** Changes a model after all earlier calls have ended, so that concurrent calls do not mix. */
export function queued<Result>(model: LayersModel, run: () => Promise<Result>): Promise<Result> {
  // Callbacks of a Sequential get the functional model inside it.
  const owner = functionalOf(model);
  const before = last.get(owner) ?? Promise.resolve();
  const result = before.then(run, run);
  last.set(owner, result);
  return result;
}

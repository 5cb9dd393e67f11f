import type {LayersModel} from '@tensorflow/tfjs-layers';
import {prunableWeights} from '../../src/model/weight';

/** The names and shapes of the weights of a model, which stay the same from process to process. */
export function signatureOf(model: LayersModel): string[] {
  return prunableWeights(model).map(({name, value}) => `${name} [${value.shape}]`);
}

/** Throws unless a model has the weights of a signature. */
export function assertSameModel(who: string, model: LayersModel, weights: readonly string[]): void {
  const own = signatureOf(model);
  if (String(own) !== String(weights)) {
    throw new Error(
      `${who}: the state is of another model, one with ${weights.join(', ')}; this one has ${own.join(', ')}`,
    );
  }
}

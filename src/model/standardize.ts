import type {Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {functionalOf, modelInternals} from './tfjs';

/** Throws unless there is a tensor for each input and output of a model. */
export function assertTensorCounts(
  who: string,
  {inputs: {length: inputs}, outputs: {length: outputs}}: LayersModel,
  x: readonly Tensor[],
  y: readonly Tensor[],
): void {
  if (x.length !== inputs || y.length !== outputs) {
    throw new Error(
      `${who}: data has ${x.length} inputs and ${y.length} targets, the model ${inputs} inputs and ${outputs} outputs`,
    );
  }
}

/**
 * Inputs and targets as fit passes them to a compiled model: those of rank 1 become columns. For use in a tidy.
 *
 * @throws unless they have the shapes that the model and its losses require.
 */
export function standardize(
  who: string,
  model: LayersModel,
  x: Tensor[],
  y: Tensor[],
): [x: Tensor[], y: Tensor[]] {
  assertTensorCounts(who, model, x, y);
  try {
    return modelInternals(functionalOf(model)).standardizeUserDataXY(x, y);
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^Error when checking /, '').replace(/\.$/, '');
    throw new Error(`${who}: ${reason}; give x and y as to fit`, {cause});
  }
}

import {dispose, tidy} from '@tensorflow/tfjs-core';
import {masked} from '../model/masked';
import type {Masked} from '../model/weight';
import {type Gradients, updatedIn} from './stepHooks';

/** Takes a step with gradients of 0 for masked elements, which are dense in this batch. */
export function stepMasked(
  weights: readonly Masked[],
  gradients: Gradients,
  step: (gradients: Gradients) => void,
): void {
  const changed = tidy(() =>
    Object.fromEntries(
      updatedIn(weights, gradients).map(({value: {name}, mask}) => [name, masked(gradients[name], mask)]),
    ),
  );
  try {
    step({...gradients, ...changed});
  } finally {
    dispose(changed);
  }
}

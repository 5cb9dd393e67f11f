import {masked} from '../model/masked';
import type {Masked} from '../model/weight';
import {type Gradients, updatedIn} from './stepHooks';

/** Gradients with 0 for masked elements. Call it in a tidy. */
export function maskGradients(weights: readonly Masked[], gradients: Gradients): Gradients {
  const changed = updatedIn(weights, gradients).map(({value: {name}, mask}) => [
    name,
    masked(gradients[name], mask),
  ]);
  return {...gradients, ...Object.fromEntries(changed)};
}

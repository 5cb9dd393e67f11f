import {type Optimizer, tensor, tidy, util, type Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {cacheBits} from './bits';
import {masked} from './masked';
import {slotsOf, startOf} from './optimizer';
import type {Masked} from './weight';

/** A variable, its mask, and the new bits of the mask. */
export type Change = Masked & {readonly bits: Uint8Array};

/** Gives a weight a new mask, 1 for each element to keep, and stores 0 for the others. */
export function setMask({value, mask}: Masked, bits: Uint8Array): void {
  tidy(() => {
    mask.assign(tensor(bits, mask.shape, 'bool'));
    value.assign(masked(value, mask));
  });
  cacheBits(mask, bits);
}

/** Stores 0 for each element that is not kept. */
export function storeZeros(value: Variable, bits: Uint8Array): void {
  tidy(() => value.assign(masked(value, tensor(bits, value.shape, 'bool'))));
}

/** Stores 0 again for masked elements that an optimizer moved although their gradient is 0. */
export function resetStored(weights: readonly Masked[]): void {
  for (const {value, mask} of weights) tidy(() => value.assign(masked(value, mask)));
}

/**
 * Resets the optimizer slots of masked elements to their initial value. A remaining moment would move the elements although
 * their gradient is 0.
 */
export function resetSlots(model: LayersModel, weights: Masked[]): void {
  const optimizer = model.optimizer as Optimizer | undefined;
  if (optimizer == null) {
    return;
  }
  const start = startOf(optimizer);
  const trained = model.trainableWeights.map((variable) => variable.name);
  for (const list of slotsOf(optimizer)) {
    for (const {value, mask} of weights) {
      // By name; an optimizer that was loaded has the names of the process that saved it, but keeps the order.
      const slot =
        list.find(({originalName}) => originalName.startsWith(`${value.name}/`)) ??
        list[trained.indexOf(value.name)];
      if (slot !== undefined && util.arraysEqual(slot.variable.shape, mask.shape)) {
        tidy(() => slot.variable.assign(masked(slot.variable, mask, start)));
      }
    }
  }
}

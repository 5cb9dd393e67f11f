import {type Optimizer, tensor, tidy, util, where} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {slotsOf} from './tfjs';
import type {Weight} from './weight';

/** Gives a weight a new mask, 1 for each element that stays, and stores 0 for the others. */
export function setMask({value, mask}: Weight, bits: Uint8Array): void {
  tidy(() => {
    mask.assign(tensor(bits, mask.shape, 'bool'));
    // A product would store −0 for what was negative, and NaN for what was.
    value.assign(where(mask, value, 0));
  });
}

/** What an optimizer of tfjs may hold that its type does not say. */
interface Settings {
  /** What the slots of Adagrad start from. */
  initialAccumulatorValue?: number;
  /** Whether it is RMSProp that also keeps the mean of the gradients. */
  centered?: boolean;
  epsilon: number;
}

/**
 * Sets what the optimizer remembers of masked elements to what it starts from. A moment left behind would move
 * them on although their gradient is 0.
 */
export function resetSlots(model: LayersModel, weights: Weight[]): void {
  const optimizer = model.optimizer as (Optimizer & Settings) | undefined;
  if (optimizer == null) {
    return;
  }
  const start = optimizer.initialAccumulatorValue ?? 0;
  if (optimizer.centered) {
    // tfjs subtracts epsilon under the root where it should add it, and so makes NaN of a gradient of 0.
    optimizer.epsilon = -Math.abs(optimizer.epsilon);
  }
  const trained = model.trainableWeights.map((variable) => variable.name);
  for (const list of slotsOf(optimizer)) {
    for (const {value, mask} of weights) {
      // By name; an optimizer that was loaded has the names of the process that saved it, but keeps the order.
      const slot =
        list.find(({originalName}) => originalName.startsWith(`${value.name}/`)) ??
        list[trained.indexOf(value.name)];
      if (slot !== undefined && util.arraysEqual(slot.variable.shape, mask.shape)) {
        tidy(() => slot.variable.assign(where(mask, slot.variable, start)));
      }
    }
  }
}

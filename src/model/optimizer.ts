import {
  AdadeltaOptimizer,
  AdagradOptimizer,
  AdamaxOptimizer,
  AdamOptimizer,
  MomentumOptimizer,
  type Optimizer,
  RMSPropOptimizer,
  SGDOptimizer,
  type Variable,
} from '@tensorflow/tfjs-core';
import type {LayersModel, LayerVariable} from '@tensorflow/tfjs-layers';
import {functionalOf, modelInternals} from './tfjs';

/** A moving statistic that an optimizer keeps of one variable. */
export interface Slot {
  originalName: string;
  variable: Variable;
}

/** An optimizer's lists of slots, in the order of the trained variables. A disposed optimizer has none. */
export function slotsOf(optimizer: Optimizer): Slot[][] {
  return slotListsOf(optimizer).map(([, list]) => list);
}

/** As `slotsOf`, with the fields of the optimizer that hold them. */
export function slotListsOf(optimizer: Optimizer): [field: string, list: Slot[]][] {
  const isSlot = (slot: Slot | undefined) =>
    slot?.originalName !== undefined && slot.variable?.isDisposed === false;
  return Object.entries(optimizer).filter(([, list]) => Array.isArray(list) && list.every(isSlot));
}

/** The weights that fit trains, in the order in which the optimizer has their slots. */
export function trainedBy(model: LayersModel): LayerVariable[] {
  return modelInternals(functionalOf(model)).collectedTrainableWeights ?? model.trainableWeights;
}

/** The initial value of an optimizer's slots; only that of Adagrad is not 0. */
export function startOf(optimizer: Optimizer): number {
  return (optimizer as {initialAccumulatorValue?: number}).initialAccumulatorValue ?? 0;
}

/** Whether it is an optimizer of tfjs, whose state is known: slots, variables in fields, and the number of steps. */
export function isKnown(optimizer: Optimizer): boolean {
  const known: unknown[] = [
    SGDOptimizer,
    MomentumOptimizer,
    RMSPropOptimizer,
    AdagradOptimizer,
    AdadeltaOptimizer,
    AdamOptimizer,
    AdamaxOptimizer,
  ];
  return known.includes(optimizer.constructor);
}

// Variables and the state of optimizers, on the host.

import {fill, type Optimizer, type Tensor, tensor, Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {slotListsOf, startOf, trainedBy} from '../model/optimizer';
import {type Bytes, bytesOf, valuesOf} from '../util/bytes';

/** A weight, or a variable of an optimizer. */
export interface SavedTensor {
  /** The name of the variable. */
  readonly name: string;
  /** Its shape. */
  readonly shape: readonly number[];
  /** Its type, as `float32`. */
  readonly dtype: string;
  /** Its values, in the byte order of the machine. */
  readonly bytes: Bytes;
}

/** The state of an optimizer of tfjs. */
export interface SavedOptimizer {
  /** The class of the optimizer, as `Adam`. */
  readonly className: string;
  /** The number of its steps. */
  readonly iterations: number;
  /** The slots by the field that lists them, as the first moments of Adam. */
  readonly slots: Readonly<Record<string, readonly SavedTensor[]>>;
  /** Its other variables by their field, as the decaying factors of Adam. */
  readonly variables: Readonly<Record<string, SavedTensor>>;
}

/** Copies a variable to the host. */
export async function saveTensor(variable: Variable): Promise<SavedTensor> {
  const {name, shape, dtype} = variable;
  return {name, shape: [...shape], dtype, bytes: await bytesOf(variable)};
}

/** The state of an optimizer of tfjs. */
export async function saveOptimizer(optimizer: Optimizer): Promise<SavedOptimizer> {
  const lists = slotListsOf(optimizer).map(async ([field, list]) => {
    const saved = list.map(async ({originalName, variable}) => ({
      ...(await saveTensor(variable)),
      name: originalName,
    }));
    return [field, await Promise.all(saved)] as const;
  });
  const variables = Object.entries(optimizer)
    .filter((entry): entry is [string, Variable] => entry[1] instanceof Variable && !entry[1].isDisposed)
    .map(async ([field, variable]) => [field, await saveTensor(variable)] as const);
  return {
    className: optimizer.getClassName(),
    iterations: optimizer.iterations,
    slots: Object.fromEntries(await Promise.all(lists)),
    variables: Object.fromEntries(await Promise.all(variables)),
  };
}

/** Sets the slots and variables of an optimizer; slots that the snapshot does not have yet are reset. */
export function restoreOptimizer(model: LayersModel, saved: SavedOptimizer): void {
  const {optimizer} = model;
  const trained = trainedBy(model);
  const start = startOf(optimizer);
  for (const [field, list] of slotListsOf(optimizer)) {
    const from = saved.slots[field] ?? [];
    for (const [i, {variable}] of list.entries()) {
      if (i < from.length) assignSaved(variable, from[i]);
      else variable.assign(fill(variable.shape, start));
    }
    const made = from.slice(list.length).map((one, i) => ({
      originalName: `${trained[list.length + i].name}/${one.name.split('/').pop()}`,
      variable: tensorOf(one).variable(false),
    }));
    list.push(...made);
  }
  for (const [field, one] of Object.entries(saved.variables)) {
    assignSaved((optimizer as Optimizer & Record<string, Variable>)[field], one);
  }
  Object.assign(optimizer, {iterations_: saved.iterations});
}

const tensorOf = ({bytes, shape, dtype}: SavedTensor): Tensor =>
  tensor(valuesOf(bytes, dtype), [...shape], dtype as 'float32');

/** Assigns saved values to a variable. */
export function assignSaved(variable: Variable, saved: SavedTensor): void {
  variable.assign(tensorOf(saved));
}

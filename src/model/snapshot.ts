import {fill, type Optimizer, tensor, tidy, Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type Bytes, bytesOf, fromBase64, toBase64, valuesOf} from '../util/bytes';
import {cacheBits} from './bits';
import {slotsOf, startOf} from './optimizer';

/** A model's state with its masks and optimizer state, as bytes on the host. */
export interface Snapshot<Values = Bytes> {
  readonly weights: readonly Values[];
  readonly optimizer: readonly Values[];
  readonly iterations: number;
}

export async function takeSnapshot(model: LayersModel): Promise<Snapshot> {
  const {optimizer} = model;
  return {
    weights: await Promise.all(weightsIn(model).map(bytesOf)),
    optimizer: await Promise.all(rememberedBy(optimizer).map(bytesOf)),
    iterations: optimizer?.iterations ?? 0,
  };
}

/** Restores the state of a model synchronously. Slots that its optimizer did not have yet are reset. */
export function restoreSnapshot(model: LayersModel, {weights, optimizer, iterations}: Snapshot): void {
  tidy(() => {
    for (const [i, variable] of weightsIn(model).entries()) assign(variable, weights[i]);
    for (const [i, variable] of rememberedBy(model.optimizer).entries()) {
      if (i < optimizer.length) assign(variable, optimizer[i]);
      else variable.assign(fill(variable.shape, startOf(model.optimizer)));
    }
  });
  if (model.optimizer != null) {
    Object.assign(model.optimizer, {iterations_: iterations});
  }
}

function assign(variable: Variable, bytes: Bytes): void {
  const {shape, dtype} = variable;
  const values = valuesOf(bytes, dtype);
  variable.assign(tensor(values, shape, dtype as 'float32'));
  if (values instanceof Uint8Array) cacheBits(variable, values);
}

const weightsIn = (model: LayersModel) => model.weights.map((weight) => weight.read() as Variable);

/** An optimizer's slots, if there is one, and its other variables, as the decaying factors of Adam. */
function rememberedBy(optimizer: Optimizer | undefined): Variable[] {
  if (optimizer == null) return [];
  const own = Object.values(optimizer).filter((value) => value instanceof Variable && !value.isDisposed);
  return [...own, ...slotsOf(optimizer).flatMap((list) => list.map(({variable}) => variable))];
}

/** A snapshot that JSON can hold, its bytes in base64. */
export function snapshotToJson({weights, optimizer, iterations}: Snapshot): Snapshot<string> {
  return {weights: weights.map(toBase64), optimizer: optimizer.map(toBase64), iterations};
}

export function snapshotFromJson({weights, optimizer, iterations}: Snapshot<string>): Snapshot {
  return {weights: weights.map(fromBase64), optimizer: optimizer.map(fromBase64), iterations};
}

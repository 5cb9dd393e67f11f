import {type DataType, fill, type Optimizer, tensor, tidy, Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {remember} from './bits';
import {slotsOf, startOf} from './tfjs';

/** What a model is at a time, masks and what its optimizer remembers included: bytes, off the device. */
export interface Snapshot<Bytes = Uint8Array<ArrayBuffer>> {
  readonly weights: readonly Bytes[];
  readonly optimizer: readonly Bytes[];
  readonly iterations: number;
}

export async function takeSnapshot(model: LayersModel): Promise<Snapshot> {
  const bytesOf = async (variable: Variable) => {
    // A copy, as some backends give the memory that they compute in.
    const values = (await variable.data()).slice();
    return new Uint8Array(values.buffer);
  };
  const {optimizer} = model;
  return {
    weights: await Promise.all(weightsIn(model).map(bytesOf)),
    optimizer: await Promise.all(rememberedBy(optimizer).map(bytesOf)),
    iterations: optimizer?.iterations ?? 0,
  };
}

/** Makes a model what it was, at once. What its optimizer did not yet remember then starts afresh. */
export function restoreSnapshot(model: LayersModel, {weights, optimizer, iterations}: Snapshot): void {
  tidy(() => {
    for (const [i, variable] of weightsIn(model).entries()) assign(variable, weights[i]);
    for (const [i, variable] of rememberedBy(model.optimizer).entries()) {
      if (i < optimizer.length) assign(variable, optimizer[i]);
      else variable.assign(fill(variable.shape, startOf(model.optimizer)));
    }
  });
  if (model.optimizer != null) {
    (model.optimizer as unknown as {iterations_: number}).iterations_ = iterations;
  }
}

function assign(variable: Variable, {buffer}: Uint8Array<ArrayBuffer>): void {
  const {shape, dtype} = variable;
  const values = new (arrays[dtype] ?? Float32Array)(buffer);
  variable.assign(tensor(values, shape, dtype as 'float32'));
  if (values instanceof Uint8Array) remember(variable, values);
}

const arrays: {[Type in DataType]?: typeof Float32Array | typeof Int32Array | typeof Uint8Array} = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
};

const weightsIn = (model: LayersModel) => model.weights.map((weight) => weight.read() as Variable);

/** The slots of an optimizer, if there is one, and what else it varies, as Adam its decaying factors. */
function rememberedBy(optimizer: Optimizer | undefined): Variable[] {
  if (optimizer == null) return [];
  const own = Object.values(optimizer).filter((value) => value instanceof Variable && !value.isDisposed);
  return [...own, ...slotsOf(optimizer).flatMap((list) => list.map(({variable}) => variable))];
}

/** A snapshot that JSON can hold, its bytes in base64. */
export function snapshotToJson({weights, optimizer, iterations}: Snapshot): Snapshot<string> {
  // In pieces, as a call takes no more than some ten thousand arguments.
  const text = (bytes: Uint8Array) => {
    let letters = '';
    for (let at = 0; at < bytes.length; at += 8192) {
      letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    return btoa(letters);
  };
  return {weights: weights.map(text), optimizer: optimizer.map(text), iterations};
}

export function snapshotFromJson({weights, optimizer, iterations}: Snapshot<string>): Snapshot {
  const bytes = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return {weights: weights.map(bytes), optimizer: optimizer.map(bytes), iterations};
}

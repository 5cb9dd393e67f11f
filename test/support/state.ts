import type * as tf from '@tensorflow/tfjs';
import {slotsOf} from './optimizers';

/** All that training and pruning change in a model: weights, masks among them, and slots. */
export function stateOf(model: tf.LayersModel): number[][] {
  const slots = model.optimizer == null ? [] : slotsOf(model.optimizer).flat();
  return [...model.weights.map((weight) => weight.read()), ...slots.map(({variable}) => variable)].map(
    (tensor) => [...tensor.dataSync()],
  );
}

/** Fails unless `run` throws an error with this message, and leaves the model as it was to the bit. */
export async function expectRefusal(
  model: tf.LayersModel,
  run: () => Promise<unknown>,
  message: string | RegExp,
): Promise<void> {
  const before = stateOf(model);
  await expect(run()).rejects.toThrow(message);
  expect(stateOf(model)).toEqual(before);
}

/**
 * What hangs on a model, its optimizer and its layers: for each own property whether it is an accessor, which
 * function, or how many items, so that whatever was shadowed or added shows.
 */
export function attachmentsOf(model: tf.LayersModel): unknown[] {
  const inner = (model as unknown as {model?: tf.LayersModel}).model;
  const owners: object[] = [model, inner ?? {}, model.optimizer, ...(inner ?? model).layers];
  return owners.map((owner) =>
    Object.fromEntries(
      Object.entries(Object.getOwnPropertyDescriptors(owner)).map(([name, {value, get}]) => [
        name,
        get ?? (typeof value === 'function' ? value : Array.isArray(value) ? value.length : 'a value'),
      ]),
    ),
  );
}

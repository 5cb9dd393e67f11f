import type * as tf from '@tensorflow/tfjs';
import {modelInternals} from '../../src/model/tfjs';
import {slotsOf} from './optimizers';

/** The state that training and pruning change in a model: weights with masks, and slots. */
export function stateOf(model: tf.LayersModel): number[][] {
  const slots = model.optimizer == null ? [] : slotsOf(model.optimizer).flat();
  return [...model.weights.map((weight) => weight.read()), ...slots.map(({variable}) => variable)].map(
    (tensor) => [...tensor.dataSync()],
  );
}

/** Fails unless `run` throws an error with this message, and leaves every bit of the model unchanged. */
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
 * The own properties of a model, its optimizer and its layers: accessors, functions, or numbers of items, so that shadowed and
 * added properties show.
 */
export function attachmentsOf(model: tf.LayersModel): unknown[] {
  const {model: inner} = modelInternals(model);
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

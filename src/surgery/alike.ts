import {dispose, type Tensor, tensor, tidy, type Variable} from '@tensorflow/tfjs-core';
import {size} from '../model/axes';
import {type Layer, nodesOf, variablesOf} from '../model/tfjs';
import {cannotCopy} from './custom';
import {describeFields} from './describeFields';

/** A layer and its copy. */
export type Pair = readonly [layer: Layer, copy: Layer];

/** Calls layers that create weights in their first call, including the originals, so that the weights can be copied. */
export function callFirst([layer, copy]: Pair): void {
  const {examples, outputs} = runAny(layer);
  dispose(outputs ?? []);
  if (variablesOf(layer).length !== variablesOf(copy).length) {
    dispose(run(copy, layer, examples) ?? []);
  }
}

/**
 * Throws unless a copy equals its original, in its fields and configuration, as far as they can be compared, and in its outputs
 * for some inputs, if it can be called on them. Fields that each call changes are ignored. A copy without some channels is
 * compared by its outputs, if it has the same inputs and its weights have the same shapes.
 *
 * @param byOutputs Whether to compare only the outputs.
 */
export async function assertAlike([layer, copy]: Pair, byOutputs: boolean): Promise<void> {
  if (shapesOf(layer) !== shapesOf(copy)) return;
  const isNarrower = inputsOf(layer) !== inputsOf(copy);
  const before = describeFields(layer);
  const {examples, outputs} = runAny(layer);
  const again = run(layer, layer, examples);
  const after = describeFields(layer);
  const copied = outputs && run(copy, layer, examples);
  const found = describeFields(copy);
  const [first, second, other] = await Promise.all([outputs, again, copied].map(take));
  for (const [field, text] of after) {
    if (!byOutputs && !isNarrower && before.get(field) === text && found.get(field) !== text) {
      throw cannotCopy(layer, `has a copy with another ${field}`);
    }
  }
  // Random outputs cannot be compared.
  const canCompare = first !== undefined && (other !== undefined || !isNarrower);
  if (canCompare && isClose(first, second) && !isClose(first, other)) {
    throw cannotCopy(
      layer,
      `has a copy ${other === undefined ? 'that cannot be called' : 'with other outputs'}`,
    );
  }
}

/** The shapes of a layer's weights, without masks. */
const shapesOf = (layer: Layer) =>
  variablesOf(layer)
    .filter(({dtype}) => dtype !== 'bool')
    .map(({shape}) => `[${shape}]`)
    .join();

/** The input shapes in the first call. */
const inputsOf = (layer: Layer) =>
  nodesOf(layer)[0]
    ?.inputTensors.map(({shape}) => `[${shape}]`)
    .join();

interface Example {
  readonly values: Float32Array;
  readonly shape: number[];
  readonly dtype: 'float32';
}

/** Runs a layer on the first inputs that it accepts: numbers of several magnitudes, or indices. */
function runAny(layer: Layer): {examples: Example[]; outputs: Tensor[] | undefined} {
  const numbers = examplesFor(layer, (value, row) => value * 10 ** ((row % 4) - 1));
  const outputs = run(layer, layer, numbers);
  if (outputs !== undefined) return {examples: numbers, outputs};
  const indices = examplesFor(layer, (value) => +(value > 0));
  return {examples: indices, outputs: run(layer, layer, indices)};
}

/** @param numberOf Makes an input from a number in [-1, 1) and its example's index. */
function examplesFor(layer: Layer, numberOf: (value: number, row: number) => number): Example[] {
  const [call] = nodesOf(layer);
  return (call?.inputTensors ?? []).map(({shape, dtype}) => {
    const known = shape.map((dim, i) => dim ?? (i === 0 ? 4 : 8));
    const values = new Float32Array(size(known));
    for (let i = 0; i < values.length; i++) {
      const value = numberOf(
        Math.imul(i + 1, 0x9e3779b1) / 2 ** 31,
        Math.floor((i * known[0]) / values.length),
      );
      values[i] = dtype === 'float32' ? value : Math.abs(Math.trunc(value));
    }
    return {values, shape: known, dtype: dtype as 'float32'};
  });
}

/** A layer's outputs for the arguments in another layer's call; undefined if it throws. Its weights are unchanged. */
function run(layer: Layer, called: Layer, examples: readonly Example[]): Tensor[] | undefined {
  const [call] = nodesOf(called);
  const variables = variablesOf(layer).map((variable) => variable.read() as Variable);
  const kept = variables.map((variable) => variable.clone());
  // A copy may have other data on some backends.
  const before = variables.map(({dataId}) => dataId);
  try {
    return tidy(() => {
      const inputs = examples.map(({values, shape, dtype}) => tensor(values, shape, dtype));
      return [layer.call(inputs.length === 1 ? inputs[0] : inputs, {...call?.callArgs})].flat();
    });
  } catch {
    return undefined;
  } finally {
    variables.forEach((variable, i) => {
      if (variable.dataId !== before[i]) variable.assign(kept[i]);
    });
    dispose(kept);
  }
}

async function take(tensors: Tensor[] | undefined): Promise<ArrayLike<number>[] | undefined> {
  const values = tensors && (await Promise.all(tensors.map((one) => one.data())));
  dispose(tensors ?? []);
  return values;
}

/** Whether outputs are equal up to rounding. */
function isClose(some: ArrayLike<number>[], others: ArrayLike<number>[] | undefined): boolean {
  return (
    some.length === others?.length &&
    some.every((values, k) => {
      const other = others[k];
      if (values.length !== other.length) return false;
      let largest = 1e-30;
      for (let i = 0; i < values.length; i++) {
        if (Math.abs(values[i]) < Infinity) largest = Math.max(largest, Math.abs(values[i]));
      }
      for (let i = 0; i < values.length; i++) {
        const [a, b] = [values[i], other[i]];
        if (!Object.is(a, b) && !(a === b) && !(Math.abs(a - b) <= 1e-6 * largest + 1e-5 * Math.abs(a)))
          return false;
      }
      return true;
    })
  );
}

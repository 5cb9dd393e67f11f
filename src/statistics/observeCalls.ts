import {clone, customGrad, reshape, type Tensor, tidy, transpose} from '@tensorflow/tfjs-core';
import {shadow} from '../model/shadow';
import type {Layer} from '../model/tfjs';
import type {AddBatch} from './tally';

/** Which calls of a layer count. */
export interface Watch {
  /** Whether a call counts, by its keyword arguments. */
  counts: (kwargs: {training?: boolean} | undefined) => boolean;
  /** Which steps of recurrent layers count; all by default. */
  steps?: readonly [from: number, to: number];
}

/** Gets matrices that have exactly so many columns. */
export interface Listener {
  columns: number;
  add: AddBatch;
}

/** A layer's listeners: on each input, on its output, and on its output with its gradient. */
export interface ListenersOf {
  inputs: Listener[][];
  outputs: Listener[];
  outputGradients: Listener[];
}

/**
 * Passes the inputs and outputs of a layer to listeners, as matrices.
 *
 * @param holder The layer of the model that contains the layer, or is it.
 * @returns Functions that end it.
 */
export function observeCalls(
  layer: Layer,
  holder: Layer,
  {inputs, outputs, outputGradients}: ListenersOf,
  {counts, steps: [from, to] = [0, Number.POSITIVE_INFINITY]}: Watch,
): (() => void)[] {
  const {dataFormat} = layer as {dataFormat?: string};
  const pass = (listeners: readonly Listener[], ...tensors: Tensor[]) =>
    passMatrices(listeners, tensors, dataFormat === 'channelsFirst');
  const observed = observedOutput(
    (output) => pass(outputs, output),
    (output, gradient) => pass(outputGradients, output, gradient),
  );
  // Only a cell is called once per step, so that its calls count the steps.
  const isCell = 'stateSize' in layer;
  let step = 0;
  return [
    shadow(holder, 'call', (call) => (given, kwargs) => {
      step = 0;
      return call(given, kwargs);
    }),
    shadow(layer, 'call', (call) => (given, kwargs) => {
      const returned = call(given, kwargs);
      const now = isCell ? step++ : from;
      if (!counts(kwargs) || now < from || now >= to) return returned;
      for (const [i, listeners] of inputs.entries()) {
        const input = [given].flat()[i];
        if (input !== undefined) pass(listeners, input);
      }
      if (outputs.length + outputGradients.length === 0) return returned;
      const [output] = [returned].flat();
      const replaced = observed(output);
      // A cell's output is also its state, the input of the next step.
      return Array.isArray(returned)
        ? returned.map((tensor) => (tensor === output ? replaced : tensor))
        : replaced;
    }),
  ];
}

/** An identity that passes on its output, and in the backward pass the gradient by it. Neither is part of the gradient. */
function observedOutput(
  onOutput: (output: Tensor) => void,
  onGradient: (output: Tensor, gradient: Tensor) => void,
): (output: Tensor) => Tensor {
  return customGrad((given, save) => {
    const output = given as Tensor;
    onOutput(output);
    (save as (tensors: Tensor[]) => void)([output]);
    return {
      value: clone(output),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => {
        onGradient(saved, dy);
        return clone(dy);
      },
    };
  }) as (output: Tensor) => Tensor;
}

/** Passes a layer's tensors to listeners, as matrices with the number of columns that each expects. */
function passMatrices(listeners: readonly Listener[], tensors: Tensor[], channelsFirst: boolean): void {
  if (listeners.length === 0) return;
  tidy(() => {
    const matrices = tensors.map((tensor) => matrixOf(tensor, channelsFirst));
    const [rows, columns] = matrices[0].shape;
    for (const listener of listeners) {
      if (listener.columns === columns) listener.add(() => matrices, rows as number);
    }
  });
}

/** Examples, positions and steps as rows, channels as columns. */
function matrixOf(x: Tensor, channelsFirst: boolean): Tensor {
  const {rank} = x;
  const last = channelsFirst ? transpose(x, [0, ...[...Array(rank).keys()].slice(2), 1]) : x;
  return reshape(last, [-1, last.shape[rank - 1]]);
}

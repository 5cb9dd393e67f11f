import {losses} from '@tensorflow/tfjs-core';
import type {LayersModel, SymbolicTensor} from '@tensorflow/tfjs-layers';
import {plainNameOf} from './kind';
import {fieldsIn, functionalOf, type Layer, nodesOf} from './tfjs';
import {isContainer} from './tree';

/** The kind of prediction of an output: one of several classes, labels that may all apply, or numbers. */
export type Task = 'classes' | 'labels' | 'values';

export const tasks: readonly Task[] = ['classes', 'labels', 'values'];

/** The losses on probabilities, by the names that `compile` takes. */
const byName: Readonly<Record<string, Task>> = {
  categoricalCrossentropy: 'classes',
  sparseCategoricalCrossentropy: 'classes',
  kullbackLeiblerDivergence: 'classes',
  kld: 'classes',
  KLD: 'classes',
  binaryCrossentropy: 'labels',
};

const byActivation: Readonly<Record<string, Task>> = {softmax: 'classes', sigmoid: 'labels'};

/** How a model returns an output. */
export interface Output {
  /** The task that its loss, or else its activation, is for. */
  readonly task: Task;
  /** Whether it returns probabilities instead of logits. */
  readonly isProbability: boolean;
}

/** How a model returns its output at an index: its last activation decides, and its loss where there is none. */
export function outputOf(model: LayersModel, index: number): Output {
  const functional = functionalOf(model);
  const activation = activationOf(functional.outputs[index]);
  const known = activation === undefined ? undefined : byActivation[activation];
  const loss = lossOf(functional, index);
  if (typeof loss === 'string') {
    const task = byName[loss] ?? 'values';
    return {task, isProbability: known !== undefined || byName[loss] !== undefined};
  }
  const isProbability = known !== undefined || loss === losses.logLoss;
  if (loss === losses.softmaxCrossEntropy) return {task: 'classes', isProbability};
  if (loss === losses.sigmoidCrossEntropy || loss === losses.logLoss) return {task: 'labels', isProbability};
  return {task: known ?? 'values', isProbability};
}

/** The loss of an output as given to `compile`; undefined if the model is not compiled. */
export function lossOf({loss, outputNames}: LayersModel, index: number): unknown {
  if (Array.isArray(loss)) return loss[index];
  return typeof loss === 'object' && loss !== null ? loss[outputNames[index]] : loss;
}

/** Layers whose outputs are their inputs in prediction, in another shape. */
const MOVES = ['Reshape', 'Flatten', 'Permute', 'Dropout'];

/** The name of the activation that made a tensor; undefined if its layer has none. */
function activationOf(tensor: SymbolicTensor): string | undefined {
  const {sourceLayer} = tensor;
  if (isContainer(sourceLayer)) {
    return activationOf(functionalOf(sourceLayer).outputs[tensor.tensorIndex]);
  }
  const layer = innermost(sourceLayer);
  const name = plainNameOf(layer);
  if (name === 'Softmax') return 'softmax';
  if (name !== undefined && MOVES.includes(name)) {
    const [input] = nodesOf(sourceLayer)[tensor.nodeIndex].inputTensors;
    return activationOf(input);
  }
  return fieldsIn<{activation: {getClassName(): string} | null}>(layer).activation?.getClassName();
}

/** The layer that TimeDistributed calls at each step, or the layer itself. */
function innermost(layer: Layer): Layer {
  const {layer: held} = fieldsIn<{layer: Layer}>(layer);
  return plainNameOf(layer) === 'TimeDistributed' && held !== undefined ? innermost(held) : layer;
}

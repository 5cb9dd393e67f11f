// What tfjs holds at run time and leaves out of its types, each thing named once.

import {type Optimizer, type Scalar, serialization, type Tensor, type Variable} from '@tensorflow/tfjs-core';
import {
  LayersModel,
  type LayerVariable,
  layers,
  Sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {describe} from '../util/describe';

export type Layer = layers.Layer;

interface LayerInternals {
  _trainableWeights: LayerVariable[];
  _nonTrainableWeights: LayerVariable[];
}

interface ModelInternals {
  /** Keys, `<layer name>_ib-<index of the node>`, of the layer calls that belong to this model. */
  containerNodes: Set<string>;
  /** The trained weights as they were when the model was compiled, in the order that its optimizer gets them in. */
  collectedTrainableWeights?: LayerVariable[];
  inputLayers: Layer[];
  isOptimizerOwned: boolean;
  isTraining: boolean;
  /** The calls of layers that belong to this model, by how many more come after them at most. */
  nodesByDepth: Record<string, CallNode[]>;
  userDefinedMetadata?: object;
  /** The names of the loss and the metrics, as the logs have them. */
  getDedupedMetricsNames(): string[];
  /** Inputs and targets as the test function takes them, those that are new to be disposed. */
  standardizeUserDataXY(x: Tensor[], y: Tensor[]): [x: Tensor[], y: Tensor[]];
  makeTestFunction(): void;
  /** The loss and the metrics of a batch of inputs and targets. */
  testFunction(data: Tensor[]): Scalar[];
  evaluate(...args: unknown[]): unknown;
  evaluateDataset(...args: unknown[]): unknown;
  /** Runs a function on data batch by batch; what fit validates with. */
  testLoop(...args: unknown[]): unknown;
  /** The functional model inside a Sequential, once it is built. */
  model?: LayersModel;
}

/** A call of a layer, a node as tfjs says. */
export interface CallNode {
  outboundLayer: Layer;
  /** Those that make its inputs; none for the input of a model. */
  inboundLayers: Layer[];
  inputTensors: SymbolicTensor[];
  outputTensors: SymbolicTensor[];
  callArgs?: object;
}

/** A moving statistic that an optimizer keeps of one variable. */
export interface Slot {
  originalName: string;
  variable: Variable;
}

export const modelInternals = (model: LayersModel) => model as unknown as ModelInternals;

/** The fields of a layer that tfjs leaves out of its type. */
export const fieldsIn = <Fields extends object>(layer: Layer) => layer as unknown as Partial<Fields>;

/** The variable in a field of a layer; undefined if there is none. */
export function variableIn(layer: Layer, field: string): LayerVariable | undefined {
  return fieldsIn<Record<string, LayerVariable | null>>(layer)[field] ?? undefined;
}

/** The calls of a layer in all models. */
export const nodesOf = ({inboundNodes}: Layer) => inboundNodes as unknown as CallNode[];

/** The layers in the fields of a layer, as the cell of a recurrent layer or the layer in a wrapper; each once. */
export function innerLayers(layer: Layer): Layer[] {
  // A model names its layers in other fields too, as those of its inputs.
  const values = layer instanceof LayersModel ? layer.layers : Object.values(layer).flat();
  const held = values.filter((value): value is Layer => value instanceof layers.Layer && value !== layer);
  return [...new Set(held)];
}

/** A layer and the layers inside it, at any depth; each once. */
export function withInnerLayers(layer: Layer): Layer[] {
  return [...new Set([layer, ...innerLayers(layer).flatMap(withInnerLayers)])];
}

/** The functional model that computes: that inside a Sequential, once it is built, else the model itself. */
export function functionalOf(model: LayersModel): LayersModel {
  return modelInternals(model).model ?? model;
}

/** Has a Sequential make its graph, which it does when it is first used. */
export function buildGraph(model: LayersModel): void {
  if (!model.built) model.build(model.inputs?.map(({shape}) => shape) ?? []);
}

/** The calls of layers in a model, each after those that it takes its inputs from. */
export function callsIn(model: LayersModel): CallNode[] {
  buildGraph(model);
  const {nodesByDepth} = modelInternals(functionalOf(model));
  const depths = Object.keys(nodesByDepth).sort((a, b) => Number(b) - Number(a));
  return depths.flatMap((depth) => nodesByDepth[depth]);
}

/**
 * A layer's variables in the order of their creation, where `layer.weights` moves the frozen ones to the end; then
 * those of its inner layers.
 */
export function variablesOf(layer: Layer): LayerVariable[] {
  return withInnerLayers(layer).flatMap((one) => {
    const {_trainableWeights, _nonTrainableWeights} = one as unknown as LayerInternals;
    return [..._trainableWeights, ..._nonTrainableWeights];
  });
}

/** The lists of slots in an optimizer; each follows the order of the trained variables. One that was disposed has none. */
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

/** What the slots of an optimizer start from. Only Adagrad starts from anything else than 0. */
export function startOf(optimizer: Optimizer): number {
  return (optimizer as {initialAccumulatorValue?: number}).initialAccumulatorValue ?? 0;
}

/** Every class that tfjs can load, by name. Layer classes are not exported, and a deep import is a copy. */
export function classMap() {
  return serialization.SerializationMap.getMap().classNameMap;
}

/** Makes a class loadable under a name, unless one is; returns the function that undoes it. */
export function makeLoadable(name: string, loaded: unknown): () => void {
  const map = classMap();
  if (name in map) {
    return () => {};
  }
  const cls = loaded as serialization.SerializableConstructor<serialization.Serializable>;
  map[name] = [cls, cls.fromConfig];
  return () => {
    delete map[name];
  };
}

/** Whether a layer is of the class that its class name stands for: a subclass may go by the name of its base. */
export function isOfItsName(layer: Layer): boolean {
  return layer.constructor === classMap()[layer.getClassName()]?.[0];
}

type FromConfig = (cls: unknown, config: object, ...more: unknown[]) => Layer;

/** The class of tfjs of a model, whose constructor takes what a configuration has where that of a subclass may not. */
export function modelClassOf(model: LayersModel): typeof LayersModel | typeof Sequential {
  return model instanceof Sequential ? Sequential : LayersModel;
}

/** How a layer of a class is made again: by its own class, or by the class of another name. */
export function makerOf(name: string, layer: Layer): (config: object, ...more: unknown[]) => Layer {
  const isModel = layer instanceof LayersModel;
  const made = isModel ? modelClassOf(layer) : layer.constructor;
  const own = made as unknown as {className?: string; fromConfig: FromConfig};
  const registered = classMap()[name] as unknown as [cls: unknown, fromConfig: FromConfig] | undefined;
  // Another class may be registered by the name of this one, as by that of the class that it comes from.
  const isOwn = isModel || registered === undefined || (name === own.className && registered[0] !== own);
  const [cls, fromConfig] = isOwn ? [own, own.fromConfig] : registered;
  return (config, ...more) => fromConfig(cls, config, ...more);
}

/** Throws unless `model` is one that can be trained, and so pruned, and has not been disposed. */
export function assertLayersModel(who: string, model: unknown): asserts model is LayersModel {
  if (model instanceof LayersModel) {
    if (model.weights.some(isDisposed)) {
      throw new Error(`${who}: ${describe(model)} is disposed; make or load it again`);
    }
    return;
  }
  if (typeof (model as {executeAsync?: unknown} | null)?.executeAsync === 'function') {
    throw new Error(
      `${who}: a GraphModel cannot be pruned, only a LayersModel can be trained; convert the Keras original ` +
        'with tensorflowjs_converter --output_format=tfjs_layers_model',
    );
  }
  const {layers: held, predict} = (model ?? {}) as Partial<LayersModel>;
  if (Array.isArray(held) && typeof predict === 'function') {
    throw new Error(`${who}: ${TWO_COPIES}`);
  }
  throw new Error(`${who}: expected a tf.LayersModel, got ${describe(model)}`);
}

const TWO_COPIES =
  'two copies of TensorFlow.js are loaded. Run "npm ls @tensorflow/tfjs-core" to see who brings them, ' +
  'and give all packages the same version';

/** Throws if the layers of tfjs are registered with another copy of its core than the one in use here. */
export function assertOneCopy(who: string): void {
  if (!('Dense' in classMap())) throw new Error(`${who}: ${TWO_COPIES}`);
}

const isDisposed = (weight: LayerVariable) => (weight as unknown as {val: Variable}).val.isDisposed;

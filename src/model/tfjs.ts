// The parts of tfjs that its types leave out, each named once. The only file with casts of unrelated types.

import {type Scalar, serialization, type Tensor, type Variable} from '@tensorflow/tfjs-core';
import {
  LayersModel,
  type LayerVariable,
  layers,
  Sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

export type Layer = layers.Layer;

interface LayerInternals {
  _trainableWeights: LayerVariable[];
  _nonTrainableWeights: LayerVariable[];
}

interface ModelInternals {
  /** Keys, `<layer name>_ib-<index of the node>`, of the layer calls that belong to this model. */
  containerNodes: Set<string>;
  /** The trained weights at compilation, in the order in which the optimizer gets them. */
  collectedTrainableWeights?: LayerVariable[];
  inputLayers: Layer[];
  isOptimizerOwned: boolean;
  isTraining: boolean;
  /** The layer calls that belong to this model, by the maximum number of calls after them. */
  nodesByDepth: Record<string, CallNode[]>;
  userDefinedMetadata?: object;
  /** The names of the loss and the metrics in the logs. */
  getDedupedMetricsNames(): string[];
  /** The inputs and targets for the test function; new tensors among them must be disposed. */
  standardizeUserDataXY(x: Tensor[], y: Tensor[]): [x: Tensor[], y: Tensor[]];
  makeTestFunction(): void;
  /** The loss and the metrics for a batch of inputs and targets. */
  testFunction(data: Tensor[]): Scalar[];
  evaluate(...args: unknown[]): unknown;
  evaluateDataset(...args: unknown[]): unknown;
  /** Runs a function on the data in batches; fit validates with it. */
  testLoop(...args: unknown[]): unknown;
  /** The functional model inside a Sequential, once it is built. */
  model?: LayersModel;
}

/** A layer call; tfjs calls it a node. */
export interface CallNode {
  outboundLayer: Layer;
  /** Its input layers; none for a model's input. */
  inboundLayers: Layer[];
  inputTensors: SymbolicTensor[];
  outputTensors: SymbolicTensor[];
  callArgs?: object;
}

export const modelInternals = (model: LayersModel) => model as unknown as ModelInternals;

/** A layer's fields that its type leaves out. */
export const fieldsIn = <Fields extends object>(layer: Layer) => layer as unknown as Partial<Fields>;

/** The variable in a field of a layer; undefined if there is none. */
export function variableIn(layer: Layer, field: string): LayerVariable | undefined {
  return fieldsIn<Record<string, LayerVariable | null>>(layer)[field] ?? undefined;
}

/** A layer's calls in all models. */
export const nodesOf = ({inboundNodes}: Layer) => inboundNodes as unknown as CallNode[];

/** The layers in a layer's fields, such as a recurrent layer's cell or the layer in a wrapper; each once. */
export function innerLayers(layer: Layer): Layer[] {
  // A model's other fields hold the same layers again.
  const values = layer instanceof LayersModel ? layer.layers : Object.values(layer).flat();
  const held = values.filter((value): value is Layer => value instanceof layers.Layer && value !== layer);
  return [...new Set(held)];
}

/** A layer and the layers inside it, at any depth; each once. */
export function withInnerLayers(layer: Layer): Layer[] {
  return [...new Set([layer, ...innerLayers(layer).flatMap(withInnerLayers)])];
}

/** The functional model that computes: the one inside a built Sequential, or the model itself. */
export function functionalOf(model: LayersModel): LayersModel {
  return modelInternals(model).model ?? model;
}

/** Makes the graph of a Sequential, as its first use does. */
export function buildGraph(model: LayersModel): void {
  if (!model.built) model.build(model.inputs?.map(({shape}) => shape) ?? []);
}

/** The layer calls in a model, each after those of its inputs. */
export function callsIn(model: LayersModel): CallNode[] {
  buildGraph(model);
  const {nodesByDepth} = modelInternals(functionalOf(model));
  const depths = Object.keys(nodesByDepth).sort((a, b) => Number(b) - Number(a));
  return depths.flatMap((depth) => nodesByDepth[depth]);
}

/**
 * A layer's variables in the order of creation, where `layer.weights` moves the frozen ones to the end; then those of its
 * inner layers.
 */
export function variablesOf(layer: Layer): LayerVariable[] {
  return withInnerLayers(layer).flatMap((one) => {
    const {_trainableWeights, _nonTrainableWeights} = one as unknown as LayerInternals;
    return [..._trainableWeights, ..._nonTrainableWeights];
  });
}

/** Makes a layer from its configuration, as a class's static `fromConfig`. */
export type Make = (cls: unknown, config: object, ...more: unknown[]) => Layer;

/** A class that tfjs can load. */
export interface Loadable {
  className: string;
  /** The class name without masks, for a class with masks. */
  plainName?: string;
  fromConfig: Make;
  prototype: object;
}

/** A tfjs layer class or a custom one, with the static `className` under which it is saved. */
export type LayerClass<Args extends unknown[]> = (new (...args: Args) => Layer) & {className: string};

/** A layer's class. */
export const classOf = (layer: Layer) => layer.constructor as unknown as Loadable;

/** A model's tfjs class. Its constructor takes a configuration, unlike those of some subclasses. */
export function modelClassOf(model: LayersModel) {
  const cls = model instanceof Sequential ? Sequential : LayersModel;
  return cls as unknown as Loadable & {prototype: LayersModel};
}

/** Every class that tfjs can load, by name. Layer classes are not exported, and a deep import is a copy. */
export function classMap() {
  const {classNameMap} = serialization.SerializationMap.getMap();
  return classNameMap as unknown as Record<string, [cls: Loadable, fromConfig: Make]>;
}

/** The layer class with a name. */
export function layerClass<Args extends unknown[]>(name: string): LayerClass<Args> {
  return classMap()[name][0] as unknown as LayerClass<Args>;
}

/** Registers a mixin's result for loading, and returns it with its base's constructor type. */
export function registered<Class>(mixin: new (...args: never[]) => Layer): Class {
  serialization.registerClass(mixin as never);
  return mixin as unknown as Class;
}

export const isDisposed = (weight: LayerVariable) => (weight as unknown as {val: Variable}).val.isDisposed;

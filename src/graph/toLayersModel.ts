import type {io} from '@tensorflow/tfjs-core';
import {type LayersModel, model as makeModel} from '@tensorflow/tfjs-layers';
import type {AnyGraphModel} from '../model/graphModel';
import {assertFlag, assertOptions, isRecord, wrong} from '../util/options';
import {noteReport} from './conversionReport';
import {convert} from './convert';
import {readGraph} from './readGraph';

/** How `toLayersModel` converts a graph model. */
export interface ToLayersModelOptions {
  /**
   * The names of the nodes that the model outputs, `name:1` for the second output of a node; the outputs of the graph model by
   * default.
   */
  readonly outputs?: readonly string[];
  /**
   * Shapes without the batch dimension, by the names of the inputs: for graphs that compute with the sizes of their input, where
   * these vary. Any other node may be named as well; it then is an input of the model, which begins there.
   */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
  /** Whether nodes that no layer computes are an error, instead of the end of the model; false by default. */
  readonly strict?: boolean;
}

/**
 * Converts a graph model into a layers model with the same outputs, whose weights are trainable: it can be fine-tuned, pruned,
 * compacted, and saved like any layers model. Models that predict for one example predict for any batch.
 *
 * Products, poolings, paddings, activations and sums become layers of tfjs, with biases, activations and norms folded into the
 * products before them. Other ops become small layers, which importing `tfjs-pruning/graph` registers for loading. Control flow,
 * strings, tables and selections such as NonMaxSuppression have no layers: the model ends in front of them, with the values that
 * they need as outputs, and `conversionReport` lists the nodes that were left out. An output without a batch dimension gets
 * one, as all outputs of layers have it.
 *
 * @param source A model that `tf.loadGraphModel` returned, or its artifacts. It is unchanged.
 * @returns a model that shares no weights with it. Its outputs have the order of those of the graph model.
 * @throws if the source is neither, an output does not exist, nothing can be converted, or, if `strict`, something cannot.
 * @example const model = await toLayersModel(graphModel);
 */
export async function toLayersModel(
  source: AnyGraphModel | io.ModelArtifacts,
  options: ToLayersModelOptions = {},
): Promise<LayersModel> {
  const who = 'toLayersModel';
  assertOptions(who, options, ['outputs', 'inputShapes', 'strict']);
  const {outputs, inputShapes = {}, strict = false} = options;
  assertFlag(who, 'strict', strict);
  if (outputs !== undefined && !isNames(outputs)) {
    throw wrong(who, 'outputs', 'a list of names of nodes', outputs);
  }
  if (!isRecord(inputShapes)) throw wrong(who, 'inputShapes', 'shapes by the names of inputs', inputShapes);
  for (const [name, shape] of Object.entries(inputShapes)) {
    if (!isShape(shape))
      throw wrong(who, `inputShapes.${name}`, 'a list of sizes, without that of the batch', shape);
  }
  const graph = await readGraph(who, source, {outputs, inputs: Object.keys(inputShapes)});
  try {
    const converted = await convert(graph, inputShapes);
    const [first] = converted.outside;
    if (first !== undefined && (strict || converted.outputs.length === 0)) {
      const advice = first.reason.includes(';')
        ? ''
        : '; end the model before it by the option outputs, or begin it later by inputShapes';
      throw new Error(`${who}: cannot convert the ${first.op} ${first.node}: ${first.reason}${advice}`);
    }
    const made = makeModel({
      inputs: converted.inputs,
      outputs: converted.outputs.map(({tensor}) => tensor),
    });
    noteReport(made, converted);
    return made;
  } finally {
    graph.dispose();
  }
}

const isNames = (outputs: unknown): boolean =>
  Array.isArray(outputs) && outputs.length > 0 && outputs.every((name) => typeof name === 'string');

const isShape = (shape: unknown): boolean =>
  Array.isArray(shape) && shape.every((size) => Number.isInteger(size) && size > 0);

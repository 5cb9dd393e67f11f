import type {io} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {AnyGraphModel} from '../model/graphModel';
import {assertFlag, assertOptions, isRecord, wrong} from '../util/options';
import {noteReport} from './conversionReport';
import type {ToLayersModelOptions} from './options';

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
  // Pages that only load converted models do without it.
  const {convertModel} = await import('./convertModel');
  const {model, converted} = await convertModel(who, source, options);
  noteReport(model, converted);
  return model;
}

const isNames = (outputs: unknown): boolean =>
  Array.isArray(outputs) && outputs.length > 0 && outputs.every((name) => typeof name === 'string');

const isShape = (shape: unknown): boolean =>
  Array.isArray(shape) && shape.every((size) => Number.isInteger(size) && size > 0);

import type {io} from '@tensorflow/tfjs-core';
import {type LayersModel, model as makeModel} from '@tensorflow/tfjs-layers';
import type {AnyGraphModel} from '../model/graphModel';
import {type Converted, convert} from './convert';
import type {ToLayersModelOptions} from './options';
import {readGraph} from './readGraph';

/** The converted model of a graph model, and which of its nodes are outputs or left out. */
export async function convertModel(
  who: string,
  source: AnyGraphModel | io.ModelArtifacts,
  {outputs, inputShapes = {}, strict = false}: ToLayersModelOptions,
): Promise<{model: LayersModel; converted: Converted}> {
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
    const model = makeModel({
      inputs: converted.inputs,
      outputs: converted.outputs.map(({tensor}) => tensor),
    });
    return {model, converted};
  } finally {
    graph.dispose();
  }
}

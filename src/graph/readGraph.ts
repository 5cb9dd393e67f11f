import {dispose, io, type NamedTensorMap, type Tensor, tensor} from '@tensorflow/tfjs-core';
import {type AnyGraphModel, isGraphModel} from '../model/graphModel';
import type {Constants} from '../surgery/sparsify/graph/affine';
import {foldGraph, readConstants} from '../surgery/sparsify/graph/foldGraph';
import {consumersIn, type GraphNode, nodeOf} from '../surgery/sparsify/graph/nodes';
import {wrong} from '../util/options';
import type {Graph} from './convert';

interface Topology {
  readonly node?: GraphNode[];
}

interface Signature {
  readonly outputs?: Readonly<Record<string, {name?: string}>>;
}

/** A graph with the names of its outputs, and the function that disposes the tensors that reading made. */
export interface ReadGraph extends Graph {
  readonly outputs: readonly string[];
  readonly dispose: () => void;
}

/**
 * Reads a graph model or its artifacts. Norms, sums with constants and activations are folded into the products before them.
 *
 * @param wanted The names of the outputs; those of the model by default.
 */
export async function readGraph(
  who: string,
  source: AnyGraphModel | io.ModelArtifacts,
  wanted: readonly string[] | undefined,
): Promise<ReadGraph> {
  const {artifacts, weights, made} = isGraphModel(source) ? await ofModel(source) : ofArtifacts(who, source);
  const {node: nodes} = (artifacts.modelTopology ?? {}) as Topology;
  if (!Array.isArray(nodes)) {
    throw wrong(
      who,
      'the model',
      'a graph model or its artifacts, with modelTopology.node',
      artifacts.modelTopology,
    );
  }
  const outputs = (wanted ?? outputsOf(artifacts, nodes)).map((name) => name.replace(/:0$/, ''));
  const names = new Set(nodes.map(({name}) => name));
  const unknown = outputs.find((name) => !names.has(nodeOf(name)));
  if (unknown !== undefined) {
    dispose(made);
    throw new Error(`${who}: the graph has no node ${unknown}; outputs are names of nodes`);
  }
  const constants: Constants = await readConstants(
    Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, [weight]])),
  );
  const folded = foldGraph(nodes, constants, new Set(outputs.map(nodeOf)), true);
  const added = folded.added.map(({name, shape, values}) => [name, tensor(values, [...shape])] as const);
  return {
    nodes: new Map(folded.nodes.map((node) => [node.name, withoutControl(node)])),
    weights: {...weights, ...Object.fromEntries(added)},
    outputs,
    dispose: () => {
      dispose(made);
      dispose(added.map(([, one]) => one));
    },
  };
}

/** A node without the inputs that only have to come before it, as nothing else happens in between. */
function withoutControl(node: GraphNode): GraphNode {
  return {...node, input: (node.input ?? []).filter((reference) => !reference.startsWith('^'))};
}

async function ofModel(model: AnyGraphModel) {
  let artifacts: io.ModelArtifacts = {};
  await model.save(
    io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON' as const}};
    }),
  );
  const weights = Object.entries(model.weights).flatMap(([name, [weight]]) =>
    weight ? [[name, weight]] : [],
  );
  return {
    artifacts,
    weights: Object.fromEntries(weights) as Record<string, Tensor>,
    made: {} as NamedTensorMap,
  };
}

function ofArtifacts(who: string, artifacts: io.ModelArtifacts) {
  const {weightData, weightSpecs} = artifacts ?? {};
  if (weightData === undefined || weightSpecs === undefined) {
    throw wrong(
      who,
      'the model',
      'a graph model, as tf.loadGraphModel makes it, or its artifacts with weights',
      artifacts,
    );
  }
  const weights = io.decodeWeights(io.CompositeArrayBuffer.join(weightData), weightSpecs);
  return {artifacts, weights, made: weights};
}

/** The outputs in a model's signature; without one, the nodes that no other takes. */
function outputsOf(
  {signature, userDefinedMetadata}: io.ModelArtifacts,
  nodes: readonly GraphNode[],
): string[] {
  const {outputs} = (signature ?? userDefinedMetadata?.signature ?? {}) as Signature;
  if (outputs !== undefined) return Object.entries(outputs).map(([key, {name}]) => name ?? key);
  const consumers = consumersIn(nodes);
  return nodes.filter(({name, op}) => op !== 'Const' && !consumers.has(name)).map(({name}) => name);
}

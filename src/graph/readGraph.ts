import {dispose, io, type NamedTensorMap, type Tensor, tensor} from '@tensorflow/tfjs-core';
import {type AnyGraphModel, isGraphModel} from '../model/graphModel';
import type {Constants} from '../surgery/sparsify/graph/affine';
import {foldGraph, readConstants} from '../surgery/sparsify/graph/foldGraph';
import {consumersIn, type GraphNode, nodeOf} from '../surgery/sparsify/graph/nodes';
import {wrong} from '../util/options';
import type {Graph} from './convert';
import {foldClamps} from './foldClamps';
import {foldDilation} from './foldDilation';
import {foldPrelu} from './foldPrelu';

interface Topology {
  readonly node?: GraphNode[];
}

type Named = Readonly<Record<string, {name?: string}>>;

interface Signature {
  readonly inputs?: Named;
  readonly outputs?: Named;
}

/** A graph with the names of its outputs, and the function that disposes the tensors that reading made. */
export interface ReadGraph extends Graph {
  readonly dispose: () => void;
}

/** The names of nodes at which a graph begins and ends. */
export interface Ends {
  /** Those of the outputs; those in the model's signature by default. */
  readonly outputs: readonly string[] | undefined;
  /** Nodes that become inputs, so that nothing before them is read. */
  readonly inputs: readonly string[];
}

/**
 * Reads a graph model or its artifacts. Norms, sums with constants and activations are folded into the products before them, and
 * dilations are, too.
 */
export async function readGraph(
  who: string,
  source: AnyGraphModel | io.ModelArtifacts,
  wanted: Ends,
): Promise<ReadGraph> {
  const {artifacts, weights, made} = isGraphModel(source) ? await ofModel(source) : ofArtifacts(who, source);
  const added: NamedTensorMap = {};
  const free = () => dispose([made, added]);
  try {
    const all = nodesOf(who, artifacts, weights);
    const nodes = all.map((node) => (wanted.inputs.includes(node.name) ? {...node, input: []} : node));
    const {signature, userDefinedMetadata} = artifacts;
    const signed = (signature ?? userDefinedMetadata?.signature ?? {}) as Signature;
    const outputs = (wanted.outputs ?? namesOf(signed.outputs) ?? lastOf(all)).map((name) =>
      name.replace(/:0$/, ''),
    );
    const ends = new Set([...outputs.map(nodeOf), ...wanted.inputs]);
    const names = new Set(nodes.map(({name}) => name));
    const unknown = [...ends].find((name) => !names.has(name));
    if (unknown !== undefined) {
      throw new Error(`${who}: the graph has no node ${unknown}; outputs and inputs are names of nodes`);
    }
    const constants: Constants = await readConstants(
      Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, [weight]])),
    );
    const rectified = foldPrelu(foldClamps(nodes, constants), constants);
    const folded = foldGraph(foldDilation(needed(rectified.nodes, ends), ends), constants, ends, true);
    for (const {name, shape, values} of [...rectified.added, ...folded.added]) {
      added[name] = tensor(values, [...shape]);
    }
    return {
      nodes: new Map(folded.nodes.map((node) => [node.name, withoutControl(node)])),
      weights: {...weights, ...added},
      inputs: (namesOf(signed.inputs) ?? []).map(nodeOf),
      outputs,
      dispose: free,
    };
  } catch (cause) {
    free();
    throw cause;
  }
}

function nodesOf(
  who: string,
  {modelTopology}: io.ModelArtifacts,
  weights: Readonly<Record<string, Tensor>>,
): GraphNode[] {
  const {node: nodes} = (modelTopology ?? {}) as Topology;
  if (!Array.isArray(nodes))
    throw wrong(who, 'the topology', 'that of a graph model, with node', modelTopology);
  const missing = nodes.find(({name, op}) => op === 'Const' && weights[name] === undefined);
  if (missing !== undefined) {
    throw new Error(
      `${who}: the values of the Const ${missing.name} are missing; give the weightSpecs and weightData of all files`,
    );
  }
  return nodes;
}

/** The nodes that some of them need: those that others replace would count as consumers. */
function needed(nodes: readonly GraphNode[], ends: ReadonlySet<string>): GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const found = new Set(ends);
  // The set grows while it is iterated.
  for (const name of found)
    for (const reference of byName.get(name)?.input ?? []) found.add(nodeOf(reference));
  return nodes.filter(({name}) => found.has(name));
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
    const needed =
      'a model that tf.loadGraphModel returned, or its artifacts with weights; tensorflowjs_converter makes one of a SavedModel, ' +
      'but none of a tflite file';
    throw wrong(who, 'the model', needed, artifacts);
  }
  const weights = io.decodeWeights(io.CompositeArrayBuffer.join(weightData), weightSpecs);
  return {artifacts, weights, made: weights};
}

const namesOf = (named: Named | undefined): string[] | undefined =>
  named && Object.entries(named).map(([key, {name}]) => name ?? key);

/** The nodes that no other takes. */
function lastOf(nodes: readonly GraphNode[]): string[] {
  const consumers = consumersIn(nodes);
  return nodes.filter(({name, op}) => op !== 'Const' && !consumers.has(name)).map(({name}) => name);
}

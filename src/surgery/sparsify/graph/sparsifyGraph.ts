import {dispose, io, tensor} from '@tensorflow/tfjs-core';
import type {AnyGraphModel, SparseGraph, SparseOp} from '../../../model/graphModel';
import type * as Sparse from '../../../wasm/sparse/index';
import {type FoldedGraph, foldGraph, readConstants} from './foldGraph';
import {type GraphNode, nodeOf} from './nodes';
import {sparseKinds} from './products';

/** The part of the topology of a graph model that is edited. */
interface Topology {
  readonly node: GraphNode[];
}

type GraphModelClass = new (handler: io.IOHandler) => AnyGraphModel & {load(): Promise<boolean> | boolean};

/**
 * Makes a graph model with the same outputs, in which norms and activations are folded into the products before them, and
 * marks its weights.
 */
export async function sparsifyGraph<Model extends AnyGraphModel>(
  model: Model,
  foldNorms: boolean,
  sparse: typeof Sparse,
): Promise<Model> {
  // A field that only loading sets, and that the weights are read from.
  if (Reflect.get(model, 'executor') === undefined) {
    throw new Error('sparsify: the GraphModel is not loaded; use the model that tf.loadGraphModel returns');
  }
  const weights = Object.values(model.weights).flat();
  if (weights.some(({isDisposed}) => isDisposed)) {
    throw new Error('sparsify: the GraphModel is disposed; load it again');
  }
  const artifacts = await artifactsOf(model);
  const {node: nodes} = artifacts.modelTopology as Topology;
  const folded = foldGraph(nodes, await readConstants(model.weights), new Set(model.outputNodes), foldNorms);
  const modelTopology = {...artifacts.modelTopology, node: folded.nodes};
  const {data, specs} = await weightsOf(model, nodes, folded);
  const handler = io.fromMemory({...artifacts, modelTopology, weightSpecs: specs, weightData: data});
  const made = new (model.constructor as GraphModelClass)(handler);
  await made.load();
  const sparseOps = await mark(made, folded.nodes, sparse);
  return Object.assign(made as Model & typeof made, {sparseOps} satisfies SparseGraph);
}

async function artifactsOf(model: AnyGraphModel): Promise<io.ModelArtifacts> {
  let found: io.ModelArtifacts | undefined;
  const save = async (artifacts: io.ModelArtifacts) => {
    found = artifacts;
    return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON' as const}};
  };
  await model.save(io.withSaveHandler(save));
  return found as io.ModelArtifacts;
}

/** The weights that the nodes of a model have, or functions in it, and those that folding added. */
async function weightsOf(model: AnyGraphModel, before: GraphNode[], {nodes, added}: FoldedGraph) {
  const left = new Set(nodes.map(({name}) => name));
  const unused = new Set(before.filter(({name}) => !left.has(name)).map(({name}) => name));
  const kept = Object.entries(model.weights).flatMap(([name, [weight]]) =>
    weight === undefined || unused.has(name) ? [] : [{name, tensor: weight}],
  );
  const made = added.map(({name, shape, values}) => ({name, tensor: tensor(values, [...shape])}));
  try {
    return await io.encodeWeights([...kept, ...made]);
  } finally {
    dispose(made.map((one) => one.tensor));
  }
}

/** Marks the weights of a model, and returns a function that reports how they are computed. */
async function mark(
  model: AnyGraphModel,
  nodes: GraphNode[],
  sparse: typeof Sparse,
): Promise<() => SparseOp[]> {
  const kept = new Map<string, number>();
  const products = nodes.flatMap(({name: op, op: kind, input = []}) => {
    const weight = nodeOf(input[1] ?? '');
    const value = model.weights[weight]?.[0];
    return sparseKinds.has(kind) && value?.dtype === 'float32' && value.rank > 1 ? [{op, weight, value}] : [];
  });
  for (const [name, [value]] of Object.entries(model.weights)) {
    // Functions of the graph may multiply by any of them.
    if (value?.dtype === 'float32' && value.rank > 1) sparse.markWeight(value);
    if (products.some(({weight}) => weight === name)) kept.set(name, nonzeros(await value.data<'float32'>()));
  }
  return () =>
    products.map(({op, weight, value}) => ({
      ...{op, weight, shape: value.shape, kept: kept.get(weight) ?? value.size},
      ...{uses: sparse.usesOf(value), runs: sparse.explain(value)},
    }));
}

function nonzeros(values: Float32Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) count += +(values[i] !== 0);
  return count;
}

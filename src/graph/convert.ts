import type {Tensor} from '@tensorflow/tfjs-core';
import {input, type SymbolicTensor} from '@tensorflow/tfjs-layers';
import {type GraphNode, nodeOf} from '../surgery/sparsify/graph/nodes';
import {dtype} from './attributes';
import {operations} from './ops/table';
import {Scope} from './scope';
import {Unsupported} from './unsupported';
import {constantOf, isConstant, newValue, type Value} from './value';

/** A graph model, read. */
export interface Graph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly weights: Readonly<Record<string, Tensor>>;
  /** The names of the outputs, with `:1` for the second output of a node. */
  readonly outputs: readonly string[];
}

/** A node that is not converted. */
export interface Outside {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
}

export interface Converted {
  readonly inputs: SymbolicTensor[];
  readonly outputs: {readonly name: string; readonly tensor: SymbolicTensor}[];
  readonly outside: Outside[];
}

type InputShapes = Readonly<Record<string, readonly number[]>>;

/**
 * Converts the nodes that the outputs need, each after its inputs. Where a node cannot be converted, its inputs become outputs in
 * place of those that need it.
 */
export async function convert(graph: Graph, inputShapes: InputShapes): Promise<Converted> {
  const scope = new Scope();
  try {
    const {inputs, outside, cut} = await convertNodes(graph, inputShapes, scope);
    const names = [...new Set([...graph.outputs.filter((name) => scope.has(name)), ...cut])];
    const outputs = names.flatMap((name) => {
      const value = scope.value({name, op: 'output', input: [name]}, 0);
      if (isConstant(value)) return [];
      scope.enter({name, op: 'output'});
      const tensor = scope.natural(value).tensor as SymbolicTensor;
      return inputs.includes(tensor) ? [] : [{name, tensor}];
    });
    return {inputs, outputs, outside};
  } finally {
    scope.dispose();
  }
}

async function convertNodes({nodes, weights, outputs}: Graph, inputShapes: InputShapes, scope: Scope) {
  const inputs: SymbolicTensor[] = [];
  const outside: Outside[] = [];
  const cut = new Set<string>();
  const leaveOut = ({name, op, input = []}: GraphNode, reason: string) => {
    outside.push({node: name, op, reason});
    for (const reference of input) if (scope.has(reference)) cut.add(reference);
  };
  for (const node of inOrder(nodes, outputs)) {
    const missing = node.input?.find((reference) => !scope.has(reference));
    if (missing !== undefined) {
      leaveOut(node, `it needs ${nodeOf(missing)}`);
      continue;
    }
    try {
      scope.enter(node);
      const values = await valuesOf(node, scope, {weights, inputShapes});
      if (node.op === 'Placeholder') inputs.push(values[0].tensor as SymbolicTensor);
      scope.set(node, values);
    } catch (cause) {
      if (!(cause instanceof Unsupported)) throw cause;
      leaveOut(node, cause.message);
    }
  }
  return {inputs, outside, cut};
}

async function valuesOf(
  node: GraphNode,
  scope: Scope,
  {weights, inputShapes}: Pick<Graph, 'weights'> & {inputShapes: InputShapes},
): Promise<readonly Value[]> {
  if (node.op === 'Const') {
    const weight = weights[node.name];
    if (weight === undefined) throw new Unsupported('its values are missing');
    return [constantOf(weight)];
  }
  if (node.op === 'Placeholder') return [placeholder(node, inputShapes[node.name])];
  const operation = operations[node.op];
  if (operation === undefined) throw new Unsupported('no layer computes it');
  return [await operation(node, scope)].flat();
}

function placeholder(node: GraphNode, given: readonly number[] | undefined): Value {
  const {dim = []} = (node.attr?.shape as {shape?: {dim?: {size: string}[]}} | undefined)?.shape ?? {};
  const type = dtype(node, 'dtype');
  if (type === undefined) throw new Unsupported('its type is no number');
  const sizes = dim.map(({size}) => (Number(size) > 0 ? Number(size) : null));
  const hasBatch = sizes.length > 0 && (sizes[0] === null || sizes[0] === 1);
  const shape = given === undefined ? sizes.slice(hasBatch ? 1 : 0) : [...given];
  const name = node.name.replace(/\W+/g, '_');
  return newValue(input({shape, dtype: type, name}), hasBatch);
}

/** The nodes that some outputs need, each after its inputs unless they form a loop. */
function inOrder(nodes: ReadonlyMap<string, GraphNode>, outputs: readonly string[]): GraphNode[] {
  const ordered: GraphNode[] = [];
  const seen = new Set<string>();
  const stack = outputs.map((reference) => ({name: nodeOf(reference), isEntered: false})).reverse();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const {name, isEntered} = next;
    const node = nodes.get(name);
    if (node === undefined) continue;
    if (isEntered) ordered.push(node);
    if (isEntered || seen.has(name)) continue;
    seen.add(name);
    const inputs = (node.input ?? []).map((reference) => ({name: nodeOf(reference), isEntered: false}));
    stack.push({name, isEntered: true}, ...inputs);
  }
  return ordered;
}

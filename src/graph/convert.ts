import type {Tensor} from '@tensorflow/tfjs-core';
import type {SymbolicTensor} from '@tensorflow/tfjs-layers';
import {type GraphNode, nodeOf} from '../surgery/sparsify/graph/nodes';
import {inputOf} from './inputOf';
import {operations} from './ops/table';
import {type Convert, Scope} from './scope';
import {constantOf, isConstant, type Value} from './value';

/** A graph model, read. */
export interface Graph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly weights: Readonly<Record<string, Tensor>>;
  /** The names of the inputs in the model's signature. */
  readonly inputs: readonly string[];
  /** The names of the outputs, with `:1` for the second output of a node. */
  readonly outputs: readonly string[];
}

/** A node that is not converted. */
export interface Outside {
  /** The name of the node. */
  readonly node: string;
  /** Its op, as `Where`. */
  readonly op: string;
  /** Why no layer computes it. */
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
      if (isConstant(value)) {
        const {op = ''} = graph.nodes.get(nodeOf(name)) ?? {};
        if (graph.outputs.includes(name)) outside.push({node: name, op, reason: 'it is constant'});
        return [];
      }
      scope.enter({name, op: 'output'});
      const tensor = scope.natural(value).tensor as SymbolicTensor;
      return inputs.includes(tensor) ? [] : [{name, tensor}];
    });
    return {inputs, outputs, outside};
  } finally {
    scope.dispose();
  }
}

async function convertNodes(
  {nodes, weights, inputs: given, outputs}: Graph,
  inputShapes: InputShapes,
  scope: Scope,
) {
  const inputs = new Map<string, SymbolicTensor>();
  const shapes = new Map(Object.entries(inputShapes));
  const isInput = ({name, op}: GraphNode) => op === 'Placeholder' || shapes.has(name);
  const outside: Outside[] = [];
  const cut = new Set<string>();
  const leaveOut = ({name, op, input = []}: GraphNode, reason: string) => {
    outside.push({node: name, op, reason});
    for (const reference of input) if (scope.has(reference)) cut.add(reference);
  };
  for (const node of inOrder(nodes, outputs, isInput)) {
    if (!isInput(node) && node.op !== 'Const' && !Object.hasOwn(operations, node.op)) {
      leaveOut(node, 'no layer computes it');
      continue;
    }
    const missing = isInput(node) ? undefined : node.input?.find((reference) => !scope.has(reference));
    if (missing !== undefined) {
      leaveOut(node, `it needs ${nodeOf(missing)}`);
      continue;
    }
    try {
      scope.enter(node);
      if (isInput(node)) {
        const value = inputOf(node, shapes.get(node.name));
        inputs.set(node.name, value.tensor as SymbolicTensor);
        scope.set(node, [value]);
      } else {
        scope.set(node, await valuesOf(node, scope, weights));
      }
    } catch (cause) {
      // tfjs throws where a layer does not take its inputs; the nodes before this one can be converted all the same.
      leaveOut(node, (cause as Error).message);
    }
  }
  const order = [...new Set([...given, ...nodes.keys()])];
  return {inputs: order.flatMap((name) => inputs.get(name) ?? []), outside, cut};
}

async function valuesOf(node: GraphNode, scope: Scope, weights: Graph['weights']): Promise<readonly Value[]> {
  if (node.op === 'Const') return [constantOf(weights[node.name])];
  const operation = operations[node.op] as Convert;
  return [await operation(node, scope)].flat();
}

/** The nodes that some outputs need, each after its inputs unless they form a loop. */
function inOrder(
  nodes: ReadonlyMap<string, GraphNode>,
  outputs: readonly string[],
  isInput: (node: GraphNode) => boolean,
): GraphNode[] {
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
    const inputs = (isInput(node) ? [] : (node.input ?? [])).map((reference) => ({
      name: nodeOf(reference),
      isEntered: false,
    }));
    stack.push({name, isEntered: true}, ...inputs);
  }
  return ordered;
}

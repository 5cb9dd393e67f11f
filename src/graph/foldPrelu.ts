import type {Constants} from '../surgery/sparsify/graph/affine';
import {constantNode, type NewConstant} from '../surgery/sparsify/graph/foldGraph';
import {type GraphNode, nodeOf} from '../surgery/sparsify/graph/nodes';

/** The output for a number x: `positive` · x if it is positive, `negative` · x otherwise. */
type Slopes = readonly [positive: number, negative: number];

const unary: Readonly<Record<string, ((slopes: Slopes) => Slopes) | undefined>> = {
  Abs: ([positive, negative]) => [Math.abs(positive), -Math.abs(negative)],
  Neg: ([positive, negative]) => [-positive, -negative],
  // A negative number times a negative slope is positive.
  Relu: ([positive, negative]) => [Math.max(positive, 0), Math.min(negative, 0)],
};

type Binary = (a: Slopes, b: Slopes) => Slopes;

const add: Binary = ([a, b], [c, d]) => [a + c, b + d];

const binary: Readonly<Record<string, Binary | undefined>> = {
  ...{Add: add, AddV2: add, Sub: ([a, b], [c, d]) => [a - c, b - d]},
  Maximum: ([a, b], [c, d]) => [Math.max(a, c), Math.min(b, d)],
  Minimum: ([a, b], [c, d]) => [Math.min(a, c), Math.max(b, d)],
};

const times: Binary = ([a, b], [factor]) => [a * factor, b * factor];

/** The most ops that compute a PReLU. */
const MOST = 6;

/**
 * Makes one op of the nodes that compute it by others, such as Relu(x) − α · Relu(−x) or max(x, 0) + α · (x − |x|) / 2: a Prelu where
 * there is an α for each channel, a LeakyRelu where there is one for all.
 */
export function foldPrelu(nodes: readonly GraphNode[], constants: Constants) {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const added: NewConstant[] = [];
  const folded = nodes.map((node): GraphNode => {
    if (binary[node.op] === undefined) return node;
    const roots = [...rootsOf(node, byName)];
    const rank = Math.max(1, ...roots.map((name) => constants.get(name)?.shape.length ?? 1));
    for (const root of roots) {
      const slopes = slopesOf(node.name, root, {byName, constants});
      if (slopes?.some(([positive]) => positive !== 1) ?? true) continue;
      const made = rectifier(node.name, root, slopes as Slopes[], rank);
      if (made === undefined) continue;
      added.push(...made.added);
      return made.node;
    }
    return node;
  });
  return {nodes: [...folded, ...added.map(constantNode)], added};
}

/** The nodes that a node may be a function of, the nearest first. */
function rootsOf(node: GraphNode, byName: ReadonlyMap<string, GraphNode>): Set<string> {
  const found = new Set<string>();
  let ends = [node];
  for (let depth = 0; depth < MOST; depth++) {
    const names = ends.flatMap(({op, input = []}) => (unary[op] || binary[op] || op === 'Mul' ? input : []));
    for (const name of names) found.add(name);
    ends = names.flatMap((name) => byName.get(name) ?? []);
  }
  return found;
}

interface Graph {
  readonly byName: ReadonlyMap<string, GraphNode>;
  readonly constants: Constants;
}

/** The slopes of a node by those of a root, one pair for all channels or for each; undefined where it is no such function. */
function slopesOf(name: string, root: string, graph: Graph, most = MOST): Slopes[] | undefined {
  if (name === root) return [[1, 1]];
  const {op = '', input: [first, second] = []} = graph.byName.get(name) ?? {};
  if (most === 0 || first === undefined) {
    return factorsOf(name, graph)?.every(([factor]) => factor === 0) ? [[0, 0]] : undefined;
  }
  const of = (reference: string) => slopesOf(reference, root, graph, most - 1);
  if (unary[op] !== undefined) return of(first)?.map(unary[op]);
  if (op === 'Mul')
    return (
      joined(of(first), factorsOf(second, graph), times) ?? joined(of(second), factorsOf(first, graph), times)
    );
  const join = binary[op];
  return join && joined(of(first), of(second), join);
}

/** A number, or a constant with one for each channel: those are last. Others may give the result further dimensions. */
function factorsOf(reference: string, {constants}: Graph): Slopes[] | undefined {
  const {shape = [], values} = constants.get(nodeOf(reference)) ?? {};
  const isNumber = values?.length === 1 && shape.length < 2;
  if (values === undefined || !(isNumber || (values.length > 1 && values.length === shape.at(-1))))
    return undefined;
  return Array.from(values, (value) => [value, value] as const);
}

function joined(a: Slopes[] | undefined, b: Slopes[] | undefined, join: Binary): Slopes[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
  const longest = a.length > b.length ? a : b;
  return longest.map((_, i) => join(a[i % a.length], b[i % b.length]));
}

/** @param rank The largest number of dimensions of the constants, which the input must have as well. */
function rectifier(name: string, root: string, slopes: readonly Slopes[], rank: number) {
  const values = Float32Array.from(slopes, ([, negative]) => negative);
  if (values.length > 1) {
    const weight = {name: `${name}/alpha`, shape: [...Array(rank - 1).fill(1), values.length], values};
    return {node: {name, op: 'Prelu', input: [root, weight.name]}, added: [weight]};
  }
  const [alpha] = values;
  if (!(alpha > 0 && alpha < 1)) return undefined;
  return {node: {name, op: 'LeakyRelu', input: [root], attr: {alpha: {f: alpha}}}, added: []};
}

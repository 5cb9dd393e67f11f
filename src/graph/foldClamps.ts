import type {Constants} from '../surgery/sparsify/graph/affine';
import {type GraphNode, nodeOf} from '../surgery/sparsify/graph/nodes';

/** A value that a node clamps: min(max(x, low), high). */
interface Clamp {
  readonly root: string;
  readonly low: number;
  readonly high: number;
}

/** The most ops that clamp a value, so that the search ends in graphs with loops. */
const MOST = 6;

/** Makes one Relu or Relu6 of the nodes that clamp by Maximum and Minimum with numbers, as where Keras clips a Relu. */
export function foldClamps(nodes: readonly GraphNode[], constants: Constants): GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return nodes.map((node) => {
    if (node.op !== 'Minimum' && node.op !== 'Maximum') return node;
    const {root, low, high} = clampOf(node.name, byName, constants);
    const op = low === 0 && {6: 'Relu6', [Number.POSITIVE_INFINITY]: 'Relu'}[high];
    return op ? {name: node.name, op, input: [root]} : node;
  });
}

function clampOf(
  name: string,
  byName: ReadonlyMap<string, GraphNode>,
  constants: Constants,
  most = MOST,
): Clamp {
  const {op = '', input: [a = '', b = ''] = []} = (most > 0 && byName.get(name)) || {};
  const of = (reference: string) => clampOf(reference, byName, constants, most - 1);
  if (op === 'Relu') return atLeast(of(a), 0);
  if (op === 'Relu6') return atMost(atLeast(of(a), 0), 6);
  const bound = op === 'Minimum' ? atMost : op === 'Maximum' ? atLeast : undefined;
  const [first, second] = [a, b].map((reference) => numberOf(constants.get(nodeOf(reference))));
  if (bound !== undefined && second !== undefined) return bound(of(a), second);
  if (bound !== undefined && first !== undefined) return bound(of(b), first);
  return {root: name, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY};
}

const atMost = ({root, low, high}: Clamp, bound: number): Clamp => ({
  root,
  low: Math.min(low, bound),
  high: Math.min(high, bound),
});

const atLeast = ({root, low, high}: Clamp, bound: number): Clamp => ({
  root,
  low: Math.max(low, bound),
  high: Math.max(high, bound),
});

/** One of more dimensions could give its result further dimensions. */
const numberOf = (constant: ReturnType<Constants['get']>): number | undefined =>
  constant?.values.length === 1 && constant.shape.length < 2 ? constant.values[0] : undefined;

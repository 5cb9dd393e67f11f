import type {Tensor} from '@tensorflow/tfjs-core';
import {type Affine, affineOf, type Constants, isActivation} from './affine';
import {consumersIn, type GraphNode, nodeOf} from './nodes';
import {fusedInto, products} from './products';

/** A weight of a folded graph that the original does not have. */
export interface NewConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface FoldedGraph {
  readonly nodes: GraphNode[];
  readonly added: NewConstant[];
}

interface Chain {
  /** The nodes after the product that become part of it. */
  readonly absorbed: GraphNode[];
  readonly affine: Affine;
  readonly activation?: string;
}

/**
 * Makes one fused op of each product with a constant filter and the norms, sums with constants and clamping activations that
 * directly follow it and nobody else sees. The fused op has the name of the last of them.
 *
 * @param outputs The names of the nodes that are outputs of the model.
 * @param foldNorms Whether factors are folded into filters.
 */
export function foldGraph(
  nodes: readonly GraphNode[],
  constants: Constants,
  outputs: ReadonlySet<string>,
  foldNorms: boolean,
): FoldedGraph {
  const consumers = consumersIn(nodes);
  const replaced = new Map<string, GraphNode | undefined>();
  const added: NewConstant[] = [];
  for (const node of nodes) {
    const chain = chainAfter(node, {constants, consumers, outputs, foldNorms});
    if (chain === undefined) continue;
    for (const {name} of [node, ...chain.absorbed]) replaced.set(name, undefined);
    const last = chain.absorbed.at(-1) as GraphNode;
    const {made, weights} = fuse(node, chain, last.name, constants);
    replaced.set(last.name, made);
    added.push(...weights);
  }
  const folded = nodes.flatMap((node) =>
    replaced.has(node.name) ? (replaced.get(node.name) ?? []) : [node],
  );
  return {nodes: withoutUnused([...folded, ...added.map(constantNode)], outputs), added};
}

interface Around {
  readonly constants: Constants;
  readonly consumers: ReadonlyMap<string, GraphNode[]>;
  readonly outputs: ReadonlySet<string>;
  readonly foldNorms: boolean;
}

function chainAfter(node: GraphNode, around: Around): Chain | undefined {
  const {constants, consumers, outputs, foldNorms} = around;
  const before = fusedInto(node);
  const filter = constants.get(nodeOf(node.input?.[1] ?? ''));
  if (before === undefined || filter === undefined) return undefined;
  const bias = before.bias === undefined ? undefined : constants.get(nodeOf(before.bias));
  if (before.bias !== undefined && bias === undefined) return undefined;
  const count = products[node.op].outputs(filter.shape);
  let affine: Affine = {scale: undefined, shift: bias?.values ?? new Float32Array(count)};
  const absorbed: GraphNode[] = [];
  for (let current = node; ; ) {
    const [next, ...more] = consumers.get(current.name) ?? [];
    const isOnly = next !== undefined && more.length === 0 && !outputs.has(current.name);
    if (!isOnly || next.input?.some((reference) => /^\^|:[1-9]/.test(reference))) break;
    if (isActivation(next)) return {absorbed: [...absorbed, next], affine, activation: next.op};
    const rank = filter.shape.length;
    const after = affineOf(next, current.name, {count, rank, constants}, affine);
    if (after === undefined || (after.scale !== undefined && !foldNorms)) break;
    affine = after;
    absorbed.push(next);
    current = next;
  }
  return absorbed.length > 0 ? {absorbed, affine} : undefined;
}

/** The fused op of a product and the chain after it, and its weights. */
function fuse(
  {op, input = [], attr}: GraphNode,
  {affine: {scale, shift}, activation}: Chain,
  name: string,
  constants: Constants,
): {made: GraphNode; weights: NewConstant[]} {
  const [x, filterName, ...rest] = input;
  const filter = constants.get(nodeOf(filterName)) as NewConstant;
  const bias: NewConstant = {name: `${name}/folded_bias`, shape: [shift.length], values: shift};
  const scaled: NewConstant[] =
    scale === undefined
      ? []
      : [
          {
            name: `${name}/folded_filter`,
            shape: filter.shape,
            // Outputs are the last dimensions.
            values: filter.values.map((value, i) => value * scale[i % scale.length]),
          },
        ];
  const made: GraphNode = {
    name,
    op: products[op].fused,
    // A fused op has its own bias there; others may follow.
    input: [x, scaled[0]?.name ?? filterName, bias.name, ...rest.slice(op === products[op].fused ? 1 : 0)],
    attr: {
      ...attr,
      fused_ops: {list: {s: ['BiasAdd', ...(activation ? [activation] : [])].map(btoa)}},
      num_args: {i: '1'},
    },
  };
  return {made, weights: [...scaled, bias]};
}

/** The node of a constant. */
export function constantNode({name, shape}: NewConstant): GraphNode {
  const dim = shape.map((size) => ({size: `${size}`}));
  const value = {tensor: {dtype: 'DT_FLOAT', tensorShape: {dim}}};
  return {name, op: 'Const', attr: {dtype: {type: 'DT_FLOAT'}, value: value as object}};
}

/** Leaves out constants that no node takes any more. */
function withoutUnused(nodes: GraphNode[], outputs: ReadonlySet<string>): GraphNode[] {
  const consumers = consumersIn(nodes);
  return nodes.filter(({name, op}) => op !== 'Const' || consumers.has(name) || outputs.has(name));
}

/** The values of the weights that folding may read, all floats. */
export async function readConstants(weights: Readonly<Record<string, Tensor[]>>): Promise<Constants> {
  const floats = Object.entries(weights).filter(([, [weight]]) => weight?.dtype === 'float32');
  const read = floats.map(async ([name, [weight]]) => {
    const values = await weight.data<'float32'>();
    return [name, {shape: weight.shape, values}] as const;
  });
  return new Map(await Promise.all(read));
}

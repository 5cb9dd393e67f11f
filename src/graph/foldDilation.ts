import {consumersIn, type GraphNode} from '../surgery/sparsify/graph/nodes';

/** Ops that compute each element by itself, or with a bias for its channel. */
const perElement = new Set(['BiasAdd', 'Relu', 'Relu6', 'Elu', 'Sigmoid', 'Tanh', 'LeakyRelu']);
const isConvolution = ({op}: GraphNode): boolean =>
  /^(_Fused|Fused|)(Depthwise)?Conv2[dD](Native)?$/.test(op);

/**
 * Makes one dilated convolution of each SpaceToBatchND, convolution and BatchToSpaceND, which TensorFlow computes it by. Its last
 * inputs are the sizes of the blocks, the paddings, again the sizes of the blocks and the crops, and it is marked as `in_blocks`.
 *
 * @param outputs The names of the nodes that are outputs of the model.
 */
export function foldDilation(nodes: readonly GraphNode[], outputs: ReadonlySet<string>): GraphNode[] {
  const consumers = consumersIn(nodes);
  const onlyConsumer = ({name}: GraphNode): GraphNode | undefined => {
    const [next, ...more] = consumers.get(name) ?? [];
    return more.length === 0 && !outputs.has(name) ? next : undefined;
  };
  const replaced = new Map<string, GraphNode>();
  const names = new Map<string, string>();
  for (const start of nodes) {
    const product = start.op === 'SpaceToBatchND' ? onlyConsumer(start) : undefined;
    if (product === undefined || !isConvolution(product) || product.input?.[0] !== start.name) continue;
    let last = product;
    let end = onlyConsumer(last);
    while (end !== undefined && perElement.has(end.op)) {
      last = end;
      end = onlyConsumer(last);
    }
    if (end?.op !== 'BatchToSpaceND') continue;
    const [input = '', ...blocks] = start.input ?? [];
    const [, ...crops] = end.input ?? [];
    replaced.set(product.name, {
      ...product,
      input: [input, ...product.input.slice(1), ...blocks, ...crops],
      attr: {...product.attr, in_blocks: {b: true}},
    });
    names.set(end.name, last.name);
  }
  return nodes.flatMap((node): GraphNode[] => {
    const name = names.get(node.name);
    if (name !== undefined)
      return outputs.has(node.name) ? [{name: node.name, op: 'Identity', input: [name]}] : [];
    const {input, ...rest} = replaced.get(node.name) ?? node;
    return [{...rest, input: input?.map((reference) => names.get(reference) ?? reference)}];
  });
}

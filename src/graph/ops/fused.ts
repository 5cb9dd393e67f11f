import {reshape, type Tensor, tidy, transpose} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import {type GraphNode, texts} from '../../surgery/sparsify/graph/nodes';
import {number} from '../attributes';
import type {Scope} from '../scope';
import {Unsupported} from '../unsupported';
import {shapeOf, type Value} from '../value';

/** The activations that are fused into a product, as a layer may have them itself. */
const activations: Readonly<Record<string, 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'tanh' | undefined>> = {
  ...{Relu: 'relu', Relu6: 'relu6', Elu: 'elu', Sigmoid: 'sigmoid', Tanh: 'tanh'},
};

/** The bias and activation of a product, and the function that applies an activation that no layer has itself. */
export function fusedIn(node: GraphNode, scope: Scope) {
  const names = texts(node.attr?.fused_ops);
  const useBias = names[0] === 'BiasAdd';
  const name = names[useBias ? 1 : 0];
  const bias = useBias ? [scope.keep(reshape(scope.constant(node, 2), [-1]))] : [];
  const weights = (kernel: Tensor) => [kernel, ...bias];
  return {weights, useBias, activation: activations[name ?? ''], after: after(name, node, scope)};
}

function after(name: string | undefined, node: GraphNode, scope: Scope): (value: Value) => Value {
  if (name === undefined || activations[name] !== undefined) return (value) => value;
  if (name === 'Prelu') return (value) => prelu(scope, value, scope.constant(node, 3));
  if (name === 'LeakyRelu') {
    return (value) => scope.layer(layers.leakyReLU, {alpha: number(node, 'leakyrelu_alpha', 0.2)}, [value]);
  }
  throw new Unsupported(`it is fused with ${name}`);
}

export function prelu(scope: Scope, input: Value, alpha: Tensor): Value {
  const {tensor, order} = input;
  if (alpha.rank > shapeOf(input).length) {
    throw new Unsupported(`its slopes have the shape [${alpha.shape}], and its input [${shapeOf(input)}]`);
  }
  const shape = [...Array(tensor.shape.length - 1).fill(1), ...alpha.shape].slice(alpha.rank);
  // As stored, with a pending transpose: the kernel of WASM needs the channels last.
  const dims = shape.map((_, i) => order.indexOf(i + 1) - 1);
  const stored = scope.keep(tidy(() => transpose(reshape(alpha, shape), dims)));
  const sharedAxes = stored.shape.flatMap((size, i) => (size === 1 ? [i + 1] : []));
  return scope.inPlace(layers.prelu, {sharedAxes, weights: [stored]}, input);
}

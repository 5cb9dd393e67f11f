import {reshape, type Tensor} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import {type GraphNode, texts} from '../../surgery/sparsify/graph/nodes';
import {number} from '../attributes';
import type {Make, Scope} from '../scope';
import {Unsupported} from '../unsupported';

/** The activations that are fused into a product, as a layer may have them itself. */
const activations: Readonly<Record<string, 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'tanh' | undefined>> = {
  ...{Relu: 'relu', Relu6: 'relu6', Elu: 'elu', Sigmoid: 'sigmoid', Tanh: 'tanh'},
};

/** The bias and activation of a product, and the layer after it for those that no layer has itself. */
export function fusedIn(node: GraphNode, scope: Scope) {
  const names = texts(node.attr?.fused_ops);
  const useBias = names[0] === 'BiasAdd';
  const name = names[useBias ? 1 : 0];
  const bias = useBias ? [scope.keep(reshape(scope.constant(node, 2), [-1]))] : [];
  return {bias, useBias, activation: activations[name ?? ''], after: layerAfter(name, node, scope)};
}

function layerAfter(name: string | undefined, node: GraphNode, scope: Scope): Make | undefined {
  if (name === undefined || activations[name] !== undefined) return undefined;
  if (name === 'Prelu') return preluOf(scope, scope.constant(node, 3), 3);
  if (name === 'LeakyRelu') {
    const alpha = number(node, 'leakyrelu_alpha', 0.2);
    return (config) => layers.leakyReLU({...config, alpha});
  }
  throw new Unsupported(`it is fused with ${name}`);
}

/** @param rank That of the input, without the batch dimension. */
export function preluOf(scope: Scope, alpha: Tensor, rank: number): Make {
  const shape = [...Array(rank).fill(1), ...alpha.shape].slice(-rank);
  const sharedAxes = shape.flatMap((size, i) => (size === 1 ? [i + 1] : []));
  const weights = [scope.keep(reshape(alpha, shape))];
  return (config) => layers.prelu({...config, sharedAxes, weights});
}

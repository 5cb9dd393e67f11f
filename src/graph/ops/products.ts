import type {Tensor} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import {type GraphNode, texts} from '../../surgery/sparsify/graph/nodes';
import {align, asSymbols} from '../align';
import {flag, integers, number, word} from '../attributes';
import {matMulOp} from '../layers/products';
import type {Convert, Make, Scope} from '../scope';
import {Unsupported} from '../unsupported';
import {isConstant, newValue, shapeOf, type Value} from '../value';

type Padding = 'same' | 'valid';

/** Strides, dilations and padding of a convolution or pooling over images. */
export function windowOf(node: GraphNode) {
  const format = word(node, 'data_format') ?? 'NHWC';
  if (format !== 'NHWC') throw new Unsupported(`its data_format is ${format}`);
  const pair = (name: string) => integers(node, name, [1, 1, 1, 1]).slice(1, 3) as [number, number];
  return {strides: pair('strides'), dilationRate: pair('dilations'), padding: paddingOf(node)};
}

function paddingOf(node: GraphNode): Padding {
  const padding = word(node, 'padding')?.toLowerCase();
  if (padding !== 'same' && padding !== 'valid') throw new Unsupported(`its padding is ${padding}`);
  return padding;
}

/** Zero padding in front of a convolution with explicit padding, which then is valid. */
function padded(node: GraphNode, scope: Scope, input: Value): {input: Value; node: GraphNode} {
  if (word(node, 'padding') !== 'EXPLICIT') return {input, node};
  const [, , top, bottom, left, right] = integers(node, 'explicit_paddings');
  const padding: [[number, number], [number, number]] = [
    [top, bottom],
    [left, right],
  ];
  const tensor = scope.apply((config) => layers.zeroPadding2d({...config, padding}), [input]);
  return {input: {...input, tensor}, node: {...node, attr: {...node.attr, padding: {s: btoa('VALID')}}}};
}

/** The activations that are fused into a product, as a layer may have them itself. */
const activations: Readonly<Record<string, 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'tanh' | undefined>> = {
  ...{Relu: 'relu', Relu6: 'relu6', Elu: 'elu', Sigmoid: 'sigmoid', Tanh: 'tanh'},
};

/** The bias and activation of a product, and the layer after it for those that no layer has itself. */
function fusedIn(node: GraphNode, scope: Scope) {
  const names = texts(node.attr?.fused_ops);
  const useBias = names[0] === 'BiasAdd';
  const name = names[useBias ? 1 : 0];
  const bias = useBias ? [scope.keep(scope.constant(node, 2).flatten())] : [];
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
function preluOf(scope: Scope, alpha: Tensor, rank: number): Make {
  const shape = [...Array(rank).fill(1), ...alpha.shape].slice(-rank);
  const sharedAxes = shape.flatMap((size, i) => (size === 1 ? [i + 1] : []));
  const weights = [scope.keep(alpha.reshape(shape))];
  return (config) => layers.prelu({...config, sharedAxes, weights});
}

/** A product of images with a filter, its second input. */
const images =
  (layerFor: (filter: Tensor) => {make: Make0; isDepthwise?: boolean}): Convert =>
  (node, scope) => {
    const filter = scope.constant(node, 1);
    const start = padded(node, scope, scope.natural(scope.batched(scope.value(node, 0))));
    const {bias, useBias, activation, after} = fusedIn(node, scope);
    const config = {
      ...windowOf(start.node),
      ...{kernelSize: filter.shape.slice(0, 2) as [number, number], useBias, activation},
      weights: [filter, ...bias],
    };
    const tensor = scope.apply((name) => layerFor(filter).make({...name, ...config}), [start.input]);
    const value = newValue(tensor, true);
    return after === undefined ? value : {...value, tensor: scope.apply(after, [value])};
  };

type Make0 = (config: Parameters<typeof layers.depthwiseConv2d>[0]) => layers.Layer;

const convolution = images(({shape}) => ({
  make: (config) => layers.conv2d({...config, filters: shape[3] as number}),
}));

const depthwise = images(({shape}) => ({
  make: (config) => layers.depthwiseConv2d({...config, depthMultiplier: shape[3] as number}),
}));

const transposed: Convert = async (node, scope) => {
  const filter = scope.constant(node, 1);
  const input = scope.natural(scope.batched(scope.value(node, 2)));
  const {dilationRate, ...window} = windowOf(node);
  if (dilationRate.some((rate) => rate !== 1)) throw new Unsupported('it is dilated');
  const kernelSize = filter.shape.slice(0, 2) as [number, number];
  const filters = filter.shape[2] as number;
  const config = {...window, kernelSize, filters, useBias: false, weights: [filter]};
  const value = newValue(
    scope.apply((name) => layers.conv2dTranspose({...name, ...config}), [input]),
    true,
  );
  const expected = (await scope.numbers(node, 0)).slice(1);
  if (`${shapeOf(value).slice(1)}` !== `${expected}`) {
    throw new Unsupported(`its output is [${expected}], and that of the layer [${shapeOf(value).slice(1)}]`);
  }
  return value;
};

const matrix: Convert = (node, scope) => {
  const [isTransposedA, isTransposedB] = ['transpose_a', 'transpose_b'].map((name) => flag(node, name));
  const [a, b] = [scope.value(node, 0), scope.value(node, 1)];
  if (isConstant(a) || !isConstant(b) || isTransposedA) return matrices(node, scope);
  return dense(node, scope, isTransposedB);
};

function dense(node: GraphNode, scope: Scope, isTransposed: boolean): Value {
  const given = scope.constant(node, 1);
  const kernel = isTransposed ? scope.keep(given.transpose()) : given;
  const {bias, useBias, activation, after} = fusedIn(node, scope);
  const config = {units: kernel.shape[1] as number, useBias, activation, weights: [kernel, ...bias]};
  const input = scope.natural(scope.value(node, 0));
  const tensor = scope.apply((name) => layers.dense({...name, ...config}), [input]);
  const value = newValue(tensor, input.hasBatch);
  return after === undefined ? value : {...value, tensor: scope.apply(after, [value])};
}

/** Matrices in two tensors, one for each place in their other dimensions. */
const matrices: Convert = (node, scope) => {
  if (texts(node.attr?.fused_ops).length > 0)
    throw new Unsupported('it multiplies by no constant, with a bias');
  const [transposeA, transposeB] = [
    ['transpose_a', 'adj_x'],
    ['transpose_b', 'adj_y'],
  ].map((names) => names.some((name) => flag(node, name)));
  const given = [scope.value(node, 0), scope.value(node, 1)];
  const isWhole = given.every((value) => isConstant(value) || value.hasBatch) && shapeOf(given[0]).length > 2;
  const {values, hasBatch} = align(
    scope,
    given.map((value) => scope.natural(isWhole ? value : scope.unbatched(value))),
  );
  const natural = asSymbols(scope, values).map((value) => scope.natural(value));
  return newValue(
    scope.apply((name) => matMulOp({...name, transposeA, transposeB}), natural),
    hasBatch,
  );
};

const batchMatrices: Convert = (node, scope) => {
  const b = scope.value(node, 1);
  const isPlain = isConstant(b) && shapeOf(b).length === 2 && !flag(node, 'adj_x');
  return isPlain ? dense(node, scope, flag(node, 'adj_y')) : matrices(node, scope);
};

const prelu: Convert = (node, scope) => {
  const input = scope.natural(scope.batched(scope.value(node, 0)));
  const make = preluOf(scope, scope.constant(node, 1), shapeOf(input).length - 1);
  return newValue(scope.apply(make, [input]), true);
};

export const products: Readonly<Record<string, Convert>> = {
  ...{Conv2D: convolution, _FusedConv2D: convolution},
  ...{DepthwiseConv2d: depthwise, DepthwiseConv2dNative: depthwise, FusedDepthwiseConv2dNative: depthwise},
  Conv2DBackpropInput: transposed,
  ...{MatMul: matrix, _FusedMatMul: matrix, BatchMatMul: batchMatrices, BatchMatMulV2: batchMatrices},
  Prelu: prelu,
};

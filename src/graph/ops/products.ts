import {transpose} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import {type GraphNode, texts} from '../../surgery/sparsify/graph/nodes';
import {align, asSymbols} from '../align';
import {flag} from '../attributes';
import {matMulOp} from '../layers/products';
import type {Convert, Scope} from '../scope';
import {Unsupported} from '../unsupported';
import {isConstant, shapeOf, type Value} from '../value';
import {fusedIn, prelu} from './fused';

const matrix: Convert = (node, scope) => {
  const [isTransposedA, isTransposedB] = ['transpose_a', 'transpose_b'].map((name) => flag(node, name));
  const [a, b] = [scope.value(node, 0), scope.value(node, 1)];
  if (isConstant(a) || !isConstant(b) || isTransposedA) return matrices(node, scope);
  return dense(node, scope, isTransposedB);
};

function dense(node: GraphNode, scope: Scope, isTransposed: boolean): Value {
  const given = scope.constant(node, 1);
  const kernel = isTransposed ? scope.keep(transpose(given)) : given;
  const {weights, useBias, activation, after} = fusedIn(node, scope);
  const config = {units: kernel.shape[1] as number, useBias, activation, weights: weights(kernel)};
  return after(scope.layer(layers.dense, config, [scope.natural(scope.value(node, 0))]));
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
  return scope.layer(matMulOp, {transposeA, transposeB}, natural, hasBatch);
};

const batchMatrices: Convert = (node, scope) => {
  const b = scope.value(node, 1);
  const isPlain = isConstant(b) && shapeOf(b).length === 2 && !flag(node, 'adj_x');
  return isPlain ? dense(node, scope, flag(node, 'adj_y')) : matrices(node, scope);
};

const rectify: Convert = (node, scope) => prelu(scope, scope.value(node, 0), scope.constant(node, 1));

export const products: Readonly<Record<string, Convert>> = {
  ...{MatMul: matrix, _FusedMatMul: matrix, BatchMatMul: batchMatrices, BatchMatMulV2: batchMatrices},
  Prelu: rectify,
};

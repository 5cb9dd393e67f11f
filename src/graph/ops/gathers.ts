import {layers} from '@tensorflow/tfjs-layers';
import type {GraphNode} from '../../surgery/sparsify/graph/nodes';
import {asSymbols} from '../align';
import {integer} from '../attributes';
import {gatherNdOp, gatherOp} from '../layers/moves';
import type {Convert, Scope} from '../scope';
import {Unsupported} from '../unsupported';
import {isConstant, shapeOf, storedAxis, type Value} from '../value';
import {dimension, unknownSize} from './ranges';

const gather: Convert = async (node, scope) => {
  const [value, indices] = [scope.value(node, 0), scope.value(node, 1)];
  const [given] = (node.input ?? []).length > 2 ? await scope.numbers(node, 2) : [0];
  if (integer(node, 'batch_dims') !== 0) throw new Unsupported('it gathers with batch_dims');
  const {axis} = dimension(shapeOf(value), given);
  if (!isConstant(indices)) return lookedUp(node, scope, value, axis);
  const shape = shapeOf(indices) as number[];
  const from = value.hasBatch && axis === 0 ? scope.unbatched(value) : scope.natural(value);
  const list = await scope.numbers(node, 1);
  const dims = shapeOf(from);
  const stored = storedAxis(from, axis);
  const count = dims[axis] ?? unknownSize();
  const found = list.map((index) => (index < 0 ? index + count : index));
  const gathered = scope.layer(gatherOp, {indices: found, axis: stored}, [from]);
  const target = [...dims.slice(0, axis), ...shape, ...dims.slice(axis + 1)];
  return scope.reshapeStored(gathered, from.hasBatch ? target.slice(1) : target, from.hasBatch);
};

/** Rows by indices that depend on the input: those of a constant table, as by an embedding, or of each example. */
function lookedUp(node: GraphNode, scope: Scope, table: Value, axis: number): Value {
  if (axis !== 0) throw new Unsupported(`its indices along axis ${axis} are not constant`);
  if (!isConstant(table) || shapeOf(table).length !== 2) {
    const indices = scope.value(node, 1);
    return atIndices(scope, table, scope.reshape(indices, [...shapeOf(indices), 1]));
  }
  const weights = [scope.constant(node, 0)];
  const [inputDim, outputDim] = weights[0].shape;
  const indices = scope.natural(scope.value(node, 1));
  return scope.layer(layers.embedding, {inputDim, outputDim, weights}, [indices]);
}

const gatherNd: Convert = (node, scope) => atIndices(scope, scope.value(node, 0), scope.value(node, 1));

function atIndices(scope: Scope, value: Value, indices: Value): Value {
  const unbatched = [value, indices].map((one) => scope.unbatched(scope.natural(one)));
  return scope.layer(gatherNdOp, {}, asSymbols(scope, unbatched), false);
}

export const gathers: Readonly<Record<string, Convert>> = {
  ...{Gather: gather, GatherV2: gather, GatherNd: gatherNd},
};

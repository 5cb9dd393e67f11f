import {layers} from '@tensorflow/tfjs-layers';
import type {GraphNode} from '../../surgery/sparsify/graph/nodes';
import {flag, integer} from '../attributes';
import {argOp, type Reduction, reduceOp} from '../layers/products';
import type {Convert, Scope} from '../scope';
import {newValue, shapeOf, type Value} from '../value';

/** A value in natural order, with its axes in the graph, and in the layers. */
function withAxes(scope: Scope, given: Value, list: readonly number[]) {
  const rank = shapeOf(given).length;
  const axes = list.map((axis) => (axis < 0 ? axis + rank : axis));
  const natural = scope.natural(given);
  const value = axes.includes(0) ? scope.unbatched(natural) : natural;
  return {value, axes: axes.map((axis) => axis + (value.hasBatch ? 0 : 1))};
}

const reduction =
  (op: Reduction): Convert =>
  async (node, scope) => {
    const {value, axes} = withAxes(scope, scope.value(node, 0), await scope.numbers(node, 1));
    const keepDims = flag(node, 'keep_dims');
    const isGlobal =
      value.tensor.shape.length === 4 &&
      [1, 2].every((axis) => axes.includes(axis)) &&
      axes.length === 2 &&
      value.hasBatch;
    const pool = {mean: layers.globalAveragePooling2d, max: layers.globalMaxPooling2d}[op as string];
    const tensor =
      isGlobal && !keepDims && pool !== undefined
        ? scope.apply((name) => pool(name), [value])
        : scope.apply((name) => reduceOp({...name, op, axes, keepDims}), [value]);
    return newValue(tensor, value.hasBatch);
  };

const arg =
  (op: 'argMax' | 'argMin'): Convert =>
  async (node, scope) => {
    const list = (node.input ?? []).length > 1 ? await scope.numbers(node, 1) : [integer(node, 'dimension')];
    const {value, axes} = withAxes(scope, scope.value(node, 0), list);
    const tensor = scope.apply((name) => argOp({...name, op, axis: axes[0]}), [value]);
    return newValue(tensor, value.hasBatch);
  };

const lastAxis =
  (make: typeof layers.softmax): Convert =>
  (node: GraphNode, scope) => {
    const value = scope.natural(scope.value(node, 0));
    return newValue(
      scope.apply((name) => make({...name, axis: -1}), [value]),
      value.hasBatch,
    );
  };

export const reductions: Readonly<Record<string, Convert>> = {
  ...{Mean: reduction('mean'), Sum: reduction('sum'), Max: reduction('max'), Min: reduction('min')},
  ...{Prod: reduction('prod'), Any: reduction('any'), All: reduction('all')},
  ...{ArgMax: arg('argMax'), ArgMin: arg('argMin'), Softmax: lastAxis(layers.softmax)},
};

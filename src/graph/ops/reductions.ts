import {layers} from '@tensorflow/tfjs-layers';
import {flag, integer} from '../attributes';
import {argOp, type Reduction, reduceOp} from '../layers/products';
import type {Convert, Scope} from '../scope';
import {shapeOf, type Value} from '../value';

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
    return isGlobal && !keepDims && pool !== undefined
      ? scope.layer(pool, {}, [value])
      : scope.layer(reduceOp, {op, axes, keepDims}, [value]);
  };

const arg =
  (op: 'argMax' | 'argMin'): Convert =>
  async (node, scope) => {
    const list = (node.input ?? []).length > 1 ? await scope.numbers(node, 1) : [integer(node, 'dimension')];
    const {value, axes} = withAxes(scope, scope.value(node, 0), list);
    return scope.layer(argOp, {op, axis: axes[0]}, [value]);
  };

const softmax: Convert = (node, scope) =>
  scope.layer(layers.softmax, {axis: -1}, [scope.natural(scope.value(node, 0))]);

export const reductions: Readonly<Record<string, Convert>> = {
  ...{Mean: reduction('mean'), Sum: reduction('sum'), Max: reduction('max'), Min: reduction('min')},
  ...{Prod: reduction('prod'), Any: reduction('any'), All: reduction('all')},
  ...{ArgMax: arg('argMax'), ArgMin: arg('argMin'), Softmax: softmax},
};

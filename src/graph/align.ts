import {squeeze, type Tensor} from '@tensorflow/tfjs-core';
import {constantSource} from './layers/constant';
import type {Dtype} from './layers/elementwise';
import type {Scope} from './scope';
import {type Dims, isConstant, shapeOf, type Value} from './value';

/** Values with the same number of dimensions, as ops with several inputs need them. */
export interface Aligned {
  readonly values: Value[];
  readonly hasBatch: boolean;
  readonly order: readonly number[];
}

/**
 * Gives values the same rank, by dimensions of 1 in front as for broadcasting, and the same storage: with a batch dimension in
 * the graph if all can have one. A pending transpose that all share is kept.
 */
export function align(scope: Scope, given: readonly Value[]): Aligned {
  const rank = Math.max(...given.map((value) => shapeOf(value).length));
  const symbols = given.filter((value) => !isConstant(value));
  const {order} = symbols[0] ?? given[0];
  const isShared = symbols.every(
    (value) => `${value.order}` === `${order}` && shapeOf(value).length === rank,
  );
  const padded = (value: Value): Dims => {
    const shape = shapeOf(value);
    return [...Array(rank - shape.length).fill(1), ...shape];
  };
  const hasBatch =
    symbols.some((value) => value.hasBatch && shapeOf(value).length === rank) &&
    given.every((value) => padded(value)[0] === 1);
  const keepsOrder = isShared && symbols.every((value) => value.hasBatch === hasBatch);
  const values = given.map((value) => {
    if (keepsOrder && !isConstant(value)) return value;
    const dims = padded(value).slice(hasBatch ? 1 : 0);
    const natural = scope.reshapeStored(value, dims, hasBatch);
    return keepsOrder ? scope.stored(natural, order) : natural;
  });
  return {values, hasBatch, order: keepsOrder ? order : values[0].order};
}

/** The values as symbols: a constant becomes the output of a layer. Unless all are constant. */
export function asSymbols(scope: Scope, values: readonly Value[]): Value[] {
  const symbol = values.find((value) => !isConstant(value));
  if (symbol === undefined) return [...values];
  return values.map((value) => {
    if (!isConstant(value)) return value;
    const {tensor} = value;
    const constant = scope.keep(squeeze(tensor, [0]));
    const config = {
      constantShape: constant.shape,
      constantType: tensor.dtype as Dtype,
      weights: [constant as Tensor],
    };
    return {...scope.layer(constantSource, config, [symbol], value.hasBatch), order: value.order};
  });
}

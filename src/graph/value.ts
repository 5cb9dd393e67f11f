import {expandDims, Tensor, util} from '@tensorflow/tfjs-core';
import type {SymbolicTensor} from '@tensorflow/tfjs-layers';

/** The input of a layer: a symbol in a model, or a constant. */
export type Applied = SymbolicTensor | Tensor;

/**
 * An output of a node, per example: a symbol between layers, or a constant as a tensor with a batch of 1. Graphs that flatten a
 * batch of 1 so work for any batch.
 */
export interface Value {
  readonly tensor: Applied;
  /** Whether the graph has a batch dimension of 1 here, at the front. Otherwise only the layers have one. */
  readonly hasBatch: boolean;
  /** The stored dimension for each dimension of the layers, from 0: a pending transpose. */
  readonly order: readonly number[];
}

export type Dims = readonly (number | null)[];

/** @param tensor With its batch dimension. */
export function newValue(tensor: Applied, hasBatch: boolean): Value {
  return {tensor, hasBatch, order: tensor.shape.map((_, i) => i)};
}

/** A constant of the graph. */
export const constantOf = (tensor: Tensor): Value => newValue(expandDims(tensor, 0), false);

export const isConstant = (value: Value): value is Value & {readonly tensor: Tensor} =>
  value.tensor instanceof Tensor;

export const isNatural = ({order}: Value): boolean => order.every((from, i) => from === i);

/** The shape in the graph, for a batch of 1; null where a size is unknown. */
export function shapeOf({tensor, hasBatch, order}: Value): Dims {
  const dims = order.slice(1).map((i) => tensor.shape[i] as number | null);
  return hasBatch ? [1, ...dims] : dims;
}

/** The stored dimension for a dimension in the graph, which may count from the end. */
export function storedAxis(value: Value, axis: number): number {
  const {hasBatch, order} = value;
  const rank = shapeOf(value).length;
  return order[(axis < 0 ? axis + rank : axis) + (hasBatch ? 0 : 1)];
}

/** Whether an axis in the graph is the batch. */
export const isBatchAxis = (value: Value, axis: number): boolean => storedAxis(value, axis) === 0;

export const isSameShape = (a: Dims, b: Dims): boolean => util.arraysEqual(a as number[], b as number[]);

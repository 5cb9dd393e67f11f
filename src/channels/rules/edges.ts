import {type Axes, nonzeroAt, numbered, placesOf, sizeAlong} from '../../model/axes';
import type {Edges} from './rule';

/** The edges between the inputs and outputs of a weight: its nonzero elements. */
export function edgesOf(factors: Float32Array, shape: readonly number[], {input, output}: Axes): Edges {
  return {from: placesOf(shape, input), to: placesOf(shape, output), factors};
}

/**
 * The edges of a depthwise weight before a pointwise one. A hidden channel whose filter has the sum 0 has edges too, with
 * the factor 0.
 */
export function edgesThrough(
  depthwise: Float32Array,
  depthwiseShape: readonly number[],
  pointwise: Float32Array,
  pointwiseShape: readonly number[],
): Edges {
  const [multiplier] = depthwiseShape.slice(-1);
  const [hidden, outputs] = pointwiseShape.slice(-2);
  const sums = new Float64Array(hidden);
  const alive = new Uint8Array(hidden);
  for (let i = 0; i < depthwise.length; i++) {
    sums[i % hidden] += depthwise[i];
    alive[i % hidden] |= +(depthwise[i] !== 0);
  }
  const [factors, connects] = [new Float32Array(pointwise.length), new Float32Array(pointwise.length)];
  for (let i = 0; i < pointwise.length; i++) {
    const channel = Math.floor(i / outputs);
    factors[i] = pointwise[i] * sums[channel];
    connects[i] = alive[channel] ? pointwise[i] : 0;
  }
  const rank = pointwiseShape.length;
  const from = numbered(placesOf(pointwiseShape, rank - 2), (channel) => Math.floor(channel / multiplier));
  return {from, to: placesOf(pointwiseShape, rank - 1), factors, connects};
}

/** Marks the places along some axes at which a weight has an element other than 0. */
export function nonzeroAlong(
  values: ArrayLike<number>,
  shape: readonly number[],
  axes: Axes['output'],
): Uint8Array {
  return nonzeroAt(values, placesOf(shape, axes), sizeAlong(shape, axes));
}

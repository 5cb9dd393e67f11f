import {type Axes, otherAxes, placesAlong} from '../../axes';
import type {Links} from './flow';

/** The links that the nonzero elements of a weight make between its inputs and outputs. */
export function linksOf(values: Float32Array, shape: readonly number[], {input, output}: Axes): Links {
  return pairs(values, placesAlong(shape, input), placesAlong(shape, output));
}

/**
 * Those of a depthwise weight before a pointwise one. A hidden channel whose filter sums up to 0 is a link all the
 * same.
 */
export function linksThrough(
  depthwise: Float32Array,
  depthwiseShape: readonly number[],
  pointwise: Float32Array,
  pointwiseShape: readonly number[],
): Links {
  const rank = depthwiseShape.length;
  const hiddenOf = placesAlong(depthwiseShape, [rank - 2, rank - 1]);
  const multiplier = depthwiseShape[rank - 1];
  const [hidden, outputs] = pointwiseShape.slice(-2);
  const sums = new Float64Array(hidden);
  const alive = new Uint8Array(hidden);
  depthwise.forEach((value, i) => {
    sums[hiddenOf[i]] += value;
    alive[hiddenOf[i]] |= +(value !== 0);
  });
  const inputOf = Int32Array.from(pointwise, (_, i) => Math.floor(Math.floor(i / outputs) / multiplier));
  const outputOf = Int32Array.from(pointwise, (_, i) => i % outputs);
  const isLinked = pointwise.map((value, i) => (alive[Math.floor(i / outputs)] ? value : 0));
  const {from, to} = pairs(isLinked, inputOf, outputOf);
  const factors = pointwise.map((value, i) => value * sums[Math.floor(i / outputs)]);
  return {from, to, factor: Float64Array.from(factors.filter((_, i) => isLinked[i] !== 0))};
}

/** Marks the places along some axes at which a weight has anything but zeros. */
export function nonzeroAlong(
  values: Float32Array,
  shape: readonly number[],
  axes: Axes['output'],
): Uint8Array {
  const places = placesAlong(shape, axes);
  const found = new Uint8Array(values.length / sizeOfRest(shape, axes));
  for (let i = 0; i < values.length; i++) {
    found[places[i]] |= +(values[i] !== 0);
  }
  return found;
}

function sizeOfRest(shape: readonly number[], axes: Axes['output']): number {
  return otherAxes(shape, axes).reduce((product, axis) => product * shape[axis], 1);
}

function pairs(values: Float32Array, inputOf: Int32Array, outputOf: Int32Array): Links {
  let count = 0;
  for (const value of values) {
    count += +(value !== 0);
  }
  const links = {from: new Int32Array(count), to: new Int32Array(count), factor: new Float64Array(count)};
  let next = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== 0) {
      links.from[next] = inputOf[i];
      links.to[next] = outputOf[i];
      links.factor[next++] = values[i];
    }
  }
  return links;
}

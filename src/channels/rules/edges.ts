import {type Axes, nonzeroAt, numbered, type Places, placesOf, sizeAlong} from '../../model/axes';

/**
 * The nonzero coefficients of a linear map, by place in `from` and in `to`: an element of a weight each. They are read from
 * the weight, because a list of edges takes several times its memory.
 */
export interface Edges {
  /** The input place of each element. */
  readonly from: Places;
  /** The output place of each element. */
  readonly to: Places;
  /** The coefficient of each element. */
  readonly factors: Float32Array;
  /** Nonzero for the elements that are edges; the factors by default. */
  readonly connects?: Float32Array;
}

/** Visits the edges in the order of the elements. */
function forEachEdge(
  {from, to, factors, connects = factors}: Edges,
  visit: (from: number, to: number, factor: number) => void,
): void {
  let [f, fromLeft, t, toLeft] = [0, from.run, 0, to.run];
  for (let i = 0; i < connects.length; i++) {
    if (connects[i] !== 0) visit(from.table[f], to.table[t], factors[i]);
    if (--fromLeft === 0) {
      fromLeft = from.run;
      f = f + 1 === from.table.length ? 0 : f + 1;
    }
    if (--toLeft === 0) {
      toLeft = to.run;
      t = t + 1 === to.table.length ? 0 : t + 1;
    }
  }
}

/** The mark of a place whose value varies. */
export const VARIES = 2;

/** Marks places by their values: VARIES, 1 for a constant, 0 for 0. */
export function marksOf(values: Float64Array): Uint8Array {
  return Uint8Array.from(values, (value) => (Number.isNaN(value) ? VARIES : +(value !== 0)));
}

/** For each place in `to`, the marks at all places in `from` that it is computed from, combined by `or`. */
export function reached(edges: Edges, marked: Uint8Array, outputs: number): Uint8Array {
  const found = new Uint8Array(outputs);
  if (marked.every((mark) => mark === 0)) return found;
  forEachEdge(edges, (from, to) => {
    found[to] |= marked[from];
  });
  return found;
}

/** Marks the places in `from` that a marked place in `to` is computed from. */
export function needed({from, to, ...edges}: Edges, marked: Uint8Array, inputs: number): Uint8Array {
  return reached({...edges, from: to, to: from}, marked, inputs);
}

/** The sum that the values in `from` add to each place in `to`. */
export function addedBy(edges: Edges, values: Float64Array, outputs: number): Float64Array {
  const sums = new Float64Array(outputs);
  if (values.every((value) => value === 0)) return sums;
  forEachEdge(edges, (from, to, factor) => {
    sums[to] += factor * values[from];
  });
  return sums;
}

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

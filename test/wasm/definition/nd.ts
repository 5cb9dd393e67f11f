/** An array of numbers in double precision. */
export interface Nd {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

type Index = readonly number[];

const sizeOf = (shape: readonly number[]) => shape.reduce((size, dim) => size * dim, 1);

/** Calls a function with each index of a shape; the last dimension varies fastest. */
export function each(shape: readonly number[], visit: (index: Index, at: number) => void): void {
  const index = shape.map(() => 0);
  const size = sizeOf(shape);
  for (let at = 0; at < size; at++) {
    visit(index, at);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
}

/** An array of a given shape, filled by a function of the index. */
export function nd(shape: readonly number[], value: (index: Index) => number): Nd {
  const values = new Float64Array(sizeOf(shape));
  each(shape, (index, at) => {
    values[at] = value(index);
  });
  return {shape: [...shape], values};
}

/** The flat position of an index in a shape, whose dimensions of 1 and missing leading dimensions broadcast. */
export function placeOf(shape: readonly number[], index: Index): number {
  const skipped = index.length - shape.length;
  return shape.reduce((place, dim, axis) => place * dim + (dim === 1 ? 0 : index[axis + skipped]), 0);
}

export const at = ({shape, values}: Nd, index: Index): number => values[placeOf(shape, index)];

/** Sums a function over all indices of a shape. */
export function total(shape: readonly number[], value: (index: Index) => number): number {
  let sum = 0;
  each(shape, (index) => {
    sum += value(index);
  });
  return sum;
}

export const map = (x: Nd, f: (value: number, index: Index) => number) => nd(x.shape, (i) => f(at(x, i), i));

/** Broadcasts arrays to a common shape and applies a function to their values at each index. */
export function broadcast(arrays: Nd[], f: (values: number[]) => number): Nd {
  const rank = Math.max(...arrays.map(({shape}) => shape.length));
  const shape = Array.from({length: rank}, (_, i) =>
    Math.max(...arrays.map(({shape}) => shape[shape.length - rank + i] ?? 1)),
  );
  return nd(shape, (index) => f(arrays.map((array) => at(array, index))));
}

export function transpose(x: Nd, order: readonly number[]): Nd {
  return nd(
    order.map((axis) => x.shape[axis]),
    (index) => at(x, Object.assign([], ...order.map((axis, i) => ({[axis]: index[i]}))) as number[]),
  );
}

export const reshape = ({values}: Nd, shape: readonly number[]): Nd => ({shape, values});

/** Computes with channels last for an array whose channels may be first. */
export function channelsLast(x: Nd, isFirst: boolean, compute: (x: Nd) => Nd): Nd {
  if (!isFirst) return compute(x);
  const axes = x.shape.map((_, axis) => axis);
  const toLast = [0, ...axes.slice(2), 1];
  const toFirst = [0, axes.length - 1, ...axes.slice(1, -1)];
  return transpose(compute(transpose(x, toLast)), toFirst);
}

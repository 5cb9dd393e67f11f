// A weight's axes, and the places of its elements along them.

/**
 * A weight's axes over the outputs and the inputs of its layer. There are two adjacent output axes if each input has its own
 * outputs.
 */
export interface Axes {
  /** The axis over the outputs, or two adjacent ones. */
  readonly output: number | readonly number[];
  /** The axis over the inputs. */
  readonly input: number;
}

/** The number of elements in a shape. */
export const size = (shape: readonly number[]) => shape.reduce((product, dim) => product * dim, 1);

/** A weight's size along some axes. */
export function sizeAlong(shape: readonly number[], axes: number | readonly number[]): number {
  return size([axes].flat().map((axis) => shape[axis]));
}

/**
 * The place of each element along some of a weight's axes, taken as one axis in row-major order: element i has the place
 * `table[⌊i / run⌋ mod table.length]`. The table spans the axes from the first to the last, and so is small for most.
 */
export interface Places {
  readonly table: Int32Array;
  readonly run: number;
}

export function placesOf(shape: readonly number[], axes: number | readonly number[]): Places {
  const among = [axes].flat();
  if (among.length === 0) return {table: new Int32Array(1), run: size(shape)};
  const [first, last] = [Math.min(...among), Math.max(...among)];
  const table = new Int32Array(size(shape.slice(first, last + 1)));
  // The last axis runs fastest; the filled part repeats along the axis before it.
  let [filled, step] = [1, 1];
  for (let axis = last; axis >= first; axis--) {
    const here = among.includes(axis) ? step : 0;
    for (let i = filled; i < filled * shape[axis]; i++) {
      table[i] = table[i - filled] + here;
    }
    filled *= shape[axis];
    step *= here === 0 ? 1 : shape[axis];
  }
  return {table, run: size(shape.slice(last + 1))};
}

/** The same with each place mapped to a number. */
export function numbered({table, run}: Places, numberOf: (place: number) => number): Places {
  return {table: table.map(numberOf), run};
}

/** Each element's sum of places. */
export function sumOfPlaces(shape: readonly number[], ...parts: readonly Places[]): Int32Array {
  const sums = new Int32Array(size(shape));
  for (const part of parts) addPlaces(sums, part);
  return sums;
}

function addPlaces(sums: Int32Array, {table, run}: Places): void {
  if (run === 1) {
    for (let start = 0; start < sums.length; start += table.length) {
      for (let i = 0; i < table.length; i++) sums[start + i] += table[i];
    }
    return;
  }
  for (let start = 0, at = 0; start < sums.length; start += run, at++) {
    if (at === table.length) at = 0;
    const place = table[at];
    for (let i = start; i < start + run; i++) sums[i] += place;
  }
}

/** Marks the places of elements that are not 0. */
export function nonzeroAt(values: ArrayLike<number>, {table, run}: Places, places: number): Uint8Array {
  const found = new Uint8Array(places);
  if (run === 1) {
    for (let start = 0; start < values.length; start += table.length) {
      for (let i = 0; i < table.length; i++) found[table[i]] |= +(values[start + i] !== 0);
    }
    return found;
  }
  for (let start = 0, at = 0; start < values.length; start += run, at++) {
    if (at === table.length) at = 0;
    let any = 0;
    for (let i = start; i < start + run; i++) any |= +(values[i] !== 0);
    found[table[at]] |= any;
  }
  return found;
}

/** The place of each element along some of a weight's axes. */
export function placesAlong(shape: readonly number[], axes: number | readonly number[]): Int32Array {
  return sumOfPlaces(shape, placesOf(shape, axes));
}

/** The axes of a weight that are not among some. */
export function otherAxes(shape: readonly number[], axes: number | readonly number[]): number[] {
  return [...shape.keys()].filter((axis) => ![axes].flat().includes(axis));
}

/** The channel of each element in a weight. */
export function channelPlaces({
  value: {shape},
  axes,
  gates,
}: {
  readonly value: {readonly shape: number[]};
  readonly axes: Axes;
  readonly gates: number;
}): {
  units: number;
  places: Places;
} {
  const units = sizeAlong(shape, axes.output) / gates;
  return {units, places: numbered(placesOf(shape, axes.output), (output) => output % units)};
}

// The axes of a weight: how they are named, and where its elements lie along them.

/**
 * The axes of a weight that run over the outputs and the inputs of its layer. There are two output axes, one after
 * the other, where each input has outputs of its own.
 */
export interface Axes {
  readonly output: number | readonly number[];
  readonly input: number;
}

/** How many elements a shape has. */
export const size = (shape: readonly number[]) => shape.reduce((product, dim) => product * dim, 1);

/** The size of a weight along some of its axes. */
export function sizeAlong(shape: readonly number[], axes: number | readonly number[]): number {
  return size([axes].flat().map((axis) => shape[axis]));
}

/** The place of each element of a weight along some of its axes, taken as one that runs in row-major order. */
export function placesAlong(shape: readonly number[], axes: number | readonly number[]): Int32Array {
  const steps = shape.map(() => 0);
  let step = 1;
  for (const axis of [axes].flat().sort((a, b) => b - a)) {
    steps[axis] = step;
    step *= shape[axis];
  }
  const places = new Int32Array(size(shape));
  // The last axis runs fastest; what is filled so far repeats along the axis before it.
  let filled = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    for (let i = filled; i < filled * shape[axis]; i++) {
      places[i] = places[i - filled] + steps[axis];
    }
    filled *= shape[axis];
  }
  return places;
}

/** The axes of a weight that are not among some. */
export function otherAxes(shape: readonly number[], axes: number | readonly number[]): number[] {
  return [...shape.keys()].filter((axis) => ![axes].flat().includes(axis));
}

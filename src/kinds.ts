/**
 * The kinds of layers that tfjs has, as one table. Whatever needs to know a kind reads its row; no code asks
 * for a class by name.
 */
export interface Kind {
  /** The prunable weights, by the field of the layer that holds them. */
  readonly weights: Readonly<Record<string, Layout>>;
}

/** How the elements of a weight are laid out and used. */
export interface Layout {
  /** The axes of the weight that run over the layer's outputs and inputs. */
  readonly axes: {readonly output: number; readonly input: number};
  /** How many slices of the output axis make one unit: 4 for an LSTM, whose gates stand side by side. */
  readonly gates: number;
  /** How many multiplications an element takes part in, for an output shape without its batch dimension. */
  readonly uses: (outputShape: number[], shape: number[]) => number;
}

/** Every output position uses every element that leads to its channel once. */
const oncePerPosition =
  (outputAxis: number) =>
  (outputShape: number[], shape: number[]): number =>
    outputShape.reduce((product, dim) => product * dim, 1) / shape[outputAxis];

const dense: Layout = {axes: {output: 1, input: 0}, gates: 1, uses: oncePerPosition(1)};
const convolution2d: Layout = {axes: {output: 3, input: 2}, gates: 1, uses: oncePerPosition(3)};

export const kinds: Readonly<Record<string, Kind>> = {
  Dense: {weights: {kernel: dense}},
  Conv2D: {weights: {kernel: convolution2d}},
};

/**
 * The kinds of layers that tfjs has, as one table, by class name. Whatever needs to know a kind reads its row; no
 * code asks for a class.
 */
export interface Kind {
  /** The prunable weights, by the field of the layer that holds them. */
  readonly weights: Readonly<Record<string, Layout>>;
  /** The fields with an element for each channel of the input, which are masked where the channel is. */
  readonly perChannel?: readonly string[];
}

/** How the elements of a weight are laid out and used. */
export interface Layout {
  readonly axes: Axes;
  /** How many slices of the output axis make one unit: 4 for an LSTM, whose gates stand side by side. */
  readonly gates: number;
  /** How many multiplications an element takes part in when the layer is called for one example. */
  readonly uses: (call: Call, shape: readonly number[]) => number;
  /** What it makes is only taken in by another weight of the layer, and is not what the layer puts out. */
  readonly hidden?: true;
}

/**
 * The axes of a weight that run over the outputs and the inputs of its layer. There are two output axes, one after
 * the other, where each input has outputs of its own.
 */
export interface Axes {
  readonly output: number | readonly number[];
  readonly input: number;
}

/** The shapes of a layer's input and output, without the batch dimension; a dimension of unknown size is 1. */
export interface Call {
  readonly input: readonly number[];
  readonly output: readonly number[];
}

const size = (shape: readonly number[]) => shape.reduce((product, dim) => product * dim, 1);

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

/** Used once for each position of the output. */
function perOutput(output: Axes['output'], input: number): Layout {
  return {
    axes: {output, input},
    gates: 1,
    uses: (call, shape) => size(call.output) / sizeAlong(shape, output),
  };
}

/** Used once for each position of the input, which a transposed convolution spreads out. */
function perInput(output: number, input: number): Layout {
  return {axes: {output, input}, gates: 1, uses: (call, shape) => size(call.input) / shape[input]};
}

/** Used once a step; the input of the layer is `[steps, features]`. */
function perStep(gates: number): Layout {
  return {axes: {output: 1, input: 0}, gates, uses: ({input: [steps]}) => steps};
}

/** Used once a step and position; the output is `[height, width, filters]`, or one such for each step. */
const perStepAndPosition: Layout = {
  axes: {output: 3, input: 2},
  gates: 4,
  uses: ({input, output}) => {
    const [filters] = output.slice(-1);
    return (size(output) / filters) * (output.length === input.length ? 1 : input[0]);
  },
};

const recurrent = (gates: number): Kind => ({
  weights: {kernel: perStep(gates), recurrentKernel: perStep(gates)},
});

export const kinds: Readonly<Record<string, Kind>> = {
  Dense: {weights: {kernel: perOutput(1, 0)}},
  Conv1D: {weights: {kernel: perOutput(2, 1)}},
  Conv2D: {weights: {kernel: perOutput(3, 2)}},
  Conv3D: {weights: {kernel: perOutput(4, 3)}},
  Conv2DTranspose: {weights: {kernel: perInput(2, 3)}},
  Conv3DTranspose: {weights: {kernel: perInput(3, 4)}},
  DepthwiseConv2D: {weights: {depthwiseKernel: perOutput([2, 3], 2)}},
  SeparableConv2D: {
    weights: {
      // As often as the pointwise kernel, which has the filters in the last axis of the output.
      depthwiseKernel: {
        ...perOutput([2, 3], 2),
        uses: ({output}) => size(output) / output[output.length - 1],
        hidden: true,
      },
      pointwiseKernel: perOutput(3, 2),
    },
  },
  // A lookup multiplies nothing.
  Embedding: {weights: {embeddings: {...perOutput(1, 0), uses: () => 0}}},
  BatchNormalization: {weights: {}, perChannel: ['gamma', 'beta']},
  SimpleRNNCell: recurrent(1),
  GRUCell: recurrent(3),
  LSTMCell: recurrent(4),
  ConvLSTM2DCell: {weights: {kernel: perStepAndPosition, recurrentKernel: perStepAndPosition}},
};

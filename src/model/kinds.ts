import {type Axes, size, sizeAlong} from './axes';
import {isOfItsName} from './classes';
import type {Layer} from './tfjs';

/** How the weights of a kind of layer are laid out, and how the layer is called. */
export interface Kind {
  /** The prunable weights, by the field of the layer that holds them. */
  readonly weights: Readonly<Record<string, Layout>>;
  /**
   * The fields with an element for each output channel, which are masked where the channel is. Of a list, the first
   * that the layer has.
   */
  readonly perChannel?: readonly (string | readonly string[])[];
  /** How the layer that it holds is called when it is; alike by default. */
  readonly calls?: (call: Call) => Call;
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

/** The shapes of a layer's input and output, without the batch dimension; a dimension of unknown size is 1. */
export interface Call {
  readonly input: readonly number[];
  readonly output: readonly number[];
  /** How often it is made; once by default. */
  readonly times?: number;
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
  perChannel: ['bias'],
});

/** Makes an output of all inputs by one kernel. */
const linear = (kernel: Layout): Kind => ({weights: {kernel}, perChannel: ['bias']});

/** The kinds of layers of tfjs that have prunable weights or inner layers, by class name. No code asks for a class. */
export const kinds: Readonly<Record<string, Kind>> = {
  Dense: linear(perOutput(1, 0)),
  Conv1D: linear(perOutput(2, 1)),
  Conv2D: linear(perOutput(3, 2)),
  Conv3D: linear(perOutput(4, 3)),
  Conv2DTranspose: linear(perInput(2, 3)),
  Conv3DTranspose: linear(perInput(3, 4)),
  DepthwiseConv2D: {weights: {depthwiseKernel: perOutput([2, 3], 2)}, perChannel: ['bias']},
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
    perChannel: ['bias'],
  },
  // A lookup multiplies nothing.
  Embedding: {weights: {embeddings: {...perOutput(1, 0), uses: () => 0}}},
  SimpleRNNCell: recurrent(1),
  GRUCell: recurrent(3),
  LSTMCell: recurrent(4),
  ConvLSTM2DCell: {
    weights: {kernel: perStepAndPosition, recurrentKernel: perStepAndPosition},
    perChannel: ['bias'],
  },
  TimeDistributed: {
    weights: {},
    calls: ({input: [steps, ...input], output: [, ...output], times = 1}) => ({
      ...{input, output},
      times: times * steps,
    }),
  },
  BatchNormalization: {weights: {}, perChannel: [['gamma', 'movingMean'], 'beta']},
};

/** The name of the plain class of tfjs that a layer is of, with or without masks; undefined if it is of another class. */
export function plainNameOf(layer: Layer): string | undefined {
  const own = layer.constructor as {plainName?: string; className?: string};
  return isOfItsName(layer) ? (own.plainName ?? own.className) : undefined;
}

/**
 * The kind of a layer: the row in `kinds`, or the one that its class was declared with; undefined if there is neither.
 * A subclass that is not declared itself inherits the layout of the weights, but may compute something else with them.
 */
export function kindOf(layer: Layer): Kind | undefined {
  const name = plainNameOf(layer) ?? '';
  if (Object.hasOwn(kinds, name)) return kinds[name];
  const {kind} = layer.constructor as {kind?: Kind};
  if (kind === undefined || Object.hasOwn(layer.constructor, 'kind')) return kind;
  const {weights, perChannel} = kind;
  return {weights, perChannel};
}

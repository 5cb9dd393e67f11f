import {type Axes, size, sizeAlong} from './axes';
import {declaredKind, type Kind, type Layout, plainNameOf} from './kind';
import type {Layer} from './tfjs';

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

/** Used once a step; the layer's input is `[steps, features]`. */
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

/** The kinds of tfjs layers that have masks, by class name. No code asks for a class. */
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
      // As often as the pointwise kernel, which has the filters in the output's last axis.
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
  BatchNormalization: {weights: {}, perChannel: [['gamma', 'movingMean'], 'beta']},
};

/** The kind of a layer: its row in `kinds`, or the one that its class was declared with; undefined if there is neither. */
export function kindOf(layer: Layer): Kind | undefined {
  const name = plainNameOf(layer) ?? '';
  return Object.hasOwn(kinds, name) ? kinds[name] : declaredKind(layer);
}

import {sizeAlong} from '../../model/axes';
import type {Read} from '../../model/readAll';
import {variableIn} from '../../model/tfjs';
import {assertOptions, isRecord, wrong} from '../../util/options';
import {activated, pinMixed} from './activations';
import {perChannelAxes, undeclared, unlikeBiases, unlikeWeights} from './declared';
import {edgesOf, marksOf, reached, VARIES} from './edges';
import {channelAxis, shapeOf, tile} from './fields';
import {isUniform} from './linear';
import type {LinearMap} from './linearMap';
import {
  type CallContext,
  type ChannelTensor,
  type Propagation,
  type PropagationRule,
  pinned,
  type WeightAxis,
} from './rule';
import {CONSTANT} from './values';

/** How a custom layer mixes its input channels. */
export interface MixesChannelsOptions {
  /** The field in `getConfig()` that has the number of output channels, `units` by default. */
  size?: string;
  /**
   * The bias field for each weight field, as `{kernel: 'bias'}`, where the layer adds a bias to the weight's product.
   * `compact` adds constant input channels to them; without them it keeps such channels.
   */
  biases?: Readonly<Record<string, string>>;
}

type Layout = ReturnType<CallContext['weightsOf']>[string];

/**
 * The rule for a custom layer that computes each output channel from all input channels by one or more weights: those in its
 * kind, each with one axis over the inputs and one over the outputs. They share channels: `channel()` prunes an output
 * channel in all of them, and `compact` removes it once it is fully pruned. An input that is 0 must add nothing, and an
 * output may depend only on its own weight slices.
 *
 * @param options.size The field in `getConfig()` that has the number of output channels, `units` by default.
 * @param options.biases The bias field for each weight field, as `{kernel: 'bias'}`, where the layer adds a bias to the
 *   weight's product; none by default. `compact` adds constant input channels to them.
 * @returns a rule, for the field `propagation` of a kind.
 * @throws on unknown options, or unless `size` is a string and `biases` an object of strings.
 * @example
 * makePrunable(GatedDense, {
 *   weights: {kernel: {axes: {output: 1, input: 0}}},
 *   propagation: mixesChannels({biases: {kernel: 'bias'}}),
 * })
 */
export function mixesChannels(options: MixesChannelsOptions = {}): PropagationRule {
  assertOptions('mixesChannels', options, ['size', 'biases']);
  const {size = 'units', biases = {}} = options;
  if (typeof size !== 'string') throw wrong('mixesChannels', 'size', 'the name of a field', size);
  assertBiases(biases);
  return (context) => {
    const {layer} = context;
    const weights = context.weightsOf(layer);
    const reason =
      undeclared(context) ?? unlikeWeights(context, weights) ?? unlikeBiases(context, weights, biases);
    if (reason !== undefined) return pinned(reason);
    const input = context.alignInput(0, channelAxis(layer, context.inputs[0].shape));
    const [[first, {axes, gates}]] = Object.entries(weights);
    const ids = context.channels.fresh(sizeAlong(shapeOf(layer, first), axes.output) / gates);
    pinMixed(context, ids);
    const linearMaps = Object.entries(weights).map(([field, layout]) =>
      linearMapOf(context, input, ids, field, layout, biases[field]),
    );
    return {
      outputs: [{axis: channelAxis(layer, context.outputs[0]), ids}],
      weightAxes: [
        ...Object.entries(weights).flatMap(([field, layout]): WeightAxis[] => [
          {owner: layer, field, axis: layout.axes.input, ids: input.ids, role: 'consumes'},
          {
            ...{owner: layer, field, axis: layout.axes.output as number, role: 'produces'},
            ids: tile(ids, layout.gates),
          },
        ]),
        ...perChannelAxes(layer, ids, 'produces'),
      ],
      linearMaps,
      values: (read) => activated(layer, outputValues(input, linearMaps, ids.length, read)),
      config: (count) => ({[size]: count(ids)}),
    };
  };
}

function assertBiases(biases: unknown): void {
  if (!isRecord(biases) || Object.values(biases).some((field) => typeof field !== 'string')) {
    throw wrong('mixesChannels', 'biases', "an object of fields by field, as {kernel: 'bias'}", biases);
  }
}

function linearMapOf(
  {layer}: CallContext,
  input: ChannelTensor,
  ids: Int32Array,
  field: string,
  {axes, gates}: Layout,
  bias: string | undefined,
): LinearMap {
  // Without padding, a constant input adds the same to a product at all positions.
  const isFolding = bias !== undefined && variableIn(layer, bias) !== undefined && isUniform(layer);
  return {
    from: input.ids,
    values: () => input.values,
    to: tile(ids, gates),
    edges: (read) => edgesOf(read(layer, field) as Float32Array, shapeOf(layer, field), axes),
    bias: isFolding ? {owner: layer, field: bias} : undefined,
  };
}

/** NaN for the channels that depend on an input that varies; the layer is called to find the values of the others. */
function outputValues(
  {values}: ChannelTensor,
  linearMaps: Propagation['linearMaps'],
  count: number,
  read: Read,
): Float64Array {
  const found = new Float64Array(count).fill(CONSTANT);
  for (const {edges, to} of linearMaps) {
    for (const [i, mark] of reached(edges(read), marksOf(values), to.length).entries()) {
      if (mark >= VARIES) found[i % count] = Number.NaN;
    }
  }
  return found;
}

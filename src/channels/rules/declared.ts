import {sizeAlong} from '../../model/axes';
import {kindOf} from '../../model/kinds';
import type {Read} from '../../model/readAll';
import {type Layer, variableIn, variablesOf} from '../../model/tfjs';
import {assertOptions, wrong} from '../../util/options';
import {edgesOf, reached, VARIES} from './edges';
import {channelAxis, mixingActivation, shapeOf, tile} from './fields';

import {
  type CallContext,
  CONSTANT,
  type LinearMap,
  type PropagationRule,
  pinned,
  type WeightAxis,
} from './rule';

/** How a custom layer mixes its input channels. */
export interface MixesChannelsOptions {
  /** The name of the field in `getConfig()` with the number of output channels, `units` by default. */
  size?: string;
}

/**
 * The rule of a custom layer whose output channels are each made of all input channels, by one or more weights: the
 * weights of its kind, each of which has an axis over the inputs and one over the outputs. They share channels:
 * `channel()` prunes an output channel in all of them, and `compact` removes it when none of it remains. An input that
 * is 0 must add nothing, and an output may depend on its own slices of the weights only.
 */
export function mixesChannels(options: MixesChannelsOptions = {}): PropagationRule {
  assertOptions('mixesChannels', options, ['size']);
  const {size = 'units'} = options;
  if (typeof size !== 'string') throw wrong('mixesChannels', 'size', 'the name of a field', size);
  return (context) => {
    const {layer, channels} = context;
    const weights = Object.entries(context.weightsOf(layer));
    const reason = undeclared(context) ?? unlike(context, weights);
    if (reason !== undefined) return pinned(reason);
    const input = context.inputAlong(0, channelAxis(layer, context.inputs[0].shape));
    const [[first, {axes, gates}]] = weights;
    const ids = channels.fresh(sizeAlong(shapeOf(layer, first), axes.output) / gates);
    const mixing = mixingActivation(layer);
    if (mixing !== undefined) channels.pin(ids, `${layer.name}: ${mixing}`);
    const weightAxes = weights.flatMap(([field, layout]): WeightAxis[] => [
      {owner: layer, field, axis: layout.axes.input, ids: input.ids, role: 'consumes'},
      {
        ...{owner: layer, field, axis: layout.axes.output as number, role: 'produces'},
        ids: tile(ids, layout.gates),
      },
    ]);
    const linearMaps = weights.map(([field, layout]): LinearMap => {
      const to = tile(ids, layout.gates);
      return {
        from: input.ids,
        // It is not known to which bias a constant could be added.
        values: () => input.values.map((value) => (value === 0 ? 0 : Number.NaN)),
        to,
        edges: (read) => edgesOf(read(layer, field) as Float32Array, shapeOf(layer, field), layout.axes),
      };
    });
    const values = (read: Read) => {
      const found = new Float64Array(ids.length).fill(CONSTANT);
      const marks = Uint8Array.from(input.values, (value) => (Number.isNaN(value) ? VARIES : 0));
      for (const {edges, to} of linearMaps) {
        for (const [i, mark] of reached(edges(read), marks, to.length).entries()) {
          if (mark > 0) found[i % ids.length] = Number.NaN;
        }
      }
      return mixing !== undefined && found.some(Number.isNaN) ? found.fill(Number.NaN) : found;
    };
    return {
      outputs: [{axis: channelAxis(layer, context.outputs[0]), ids}],
      weightAxes: [...weightAxes, ...perChannel(layer, ids, 'produces')],
      linearMaps,
      values,
      config: (count) => ({[size]: count(ids)}),
    };
  };
}

/**
 * The rule of a custom layer whose output channels are each made of the input channel at the same place: activations,
 * scalings, poolings. The fields in `perChannel` of its kind have an element for each channel.
 */
export function passesChannels(): PropagationRule {
  return (context) => {
    const {layer} = context;
    const [{shape}] = context.inputs;
    const [from, to] = [channelAxis(layer, shape), channelAxis(layer, context.outputs[0] ?? [])];
    if (context.outputs.length !== 1 || context.outputs[0][to] !== shape[from]) {
      return pinned('its outputs have other channels than its inputs');
    }
    if (Object.keys(context.weightsOf(layer)).length > 0) return pinned('its weights may mix its channels');
    const reason = undeclared(context) ?? mixingActivation(layer);
    if (reason !== undefined) return pinned(reason);
    const input = context.inputAlong(0, from);
    return {
      outputs: [{axis: to, ids: input.ids}],
      weightAxes: perChannel(layer, input.ids, 'perChannel'),
      linearMaps: [],
      // What it makes of a constant it is asked.
      values: () => input.values.map((value) => (Number.isNaN(value) ? value : CONSTANT)),
    };
  };
}

/** The fields of the kind with an element for each channel, that the layer has. */
function perChannelFields(layer: Layer): string[] {
  const fields = kindOf(layer)?.perChannel ?? [];
  return fields.flatMap((alternatives) => {
    const found = [alternatives].flat().find((field) => variableIn(layer, field) !== undefined);
    return found === undefined ? [] : [found];
  });
}

function perChannel(layer: Layer, ids: Int32Array, role: WeightAxis['role']): WeightAxis[] {
  return perChannelFields(layer).map((field) => {
    const [length] = shapeOf(layer, field);
    return {owner: layer, field, axis: 0, ids: tile(ids, length / ids.length), role};
  });
}

/** Why the kind of a layer does not say all of it: it takes more than one input, or has weights that it leaves out. */
function undeclared({layer, inputs, weightsOf}: CallContext): string | undefined {
  if (inputs.length !== 1) return `it takes ${inputs.length} inputs`;
  const fields = [...Object.keys(weightsOf(layer)), ...perChannelFields(layer)];
  const known = new Set(fields.map((field) => variableIn(layer, field)?.name));
  // A single number is the same whatever the channels are; masks are those of other weights.
  const other = variablesOf(layer).find(
    ({name, dtype, shape}) => dtype !== 'bool' && !known.has(name) && shape.some((dim) => dim !== 1),
  );
  return other && `its kind does not declare the weight ${other.originalName}`;
}

/** Why the weights of a layer do not share their channels. */
function unlike(
  {layer, inputs}: CallContext,
  weights: readonly [string, ReturnType<CallContext['weightsOf']>[string]][],
): string | undefined {
  if (weights.length === 0) return 'its kind declares no weights';
  const {shape} = inputs[0];
  const channels = shape[channelAxis(layer, shape)];
  const sizes = weights.map(([field, {axes, gates}]) => {
    const of = shapeOf(layer, field);
    return [of[axes.input] === channels, typeof axes.output === 'number' && of[axes.output] / gates];
  });
  const [[, outputs]] = sizes;
  return outputs !== false && sizes.every(([isWhole, other]) => isWhole && other === outputs)
    ? undefined
    : `its weights ${weights.map(([field]) => field).join(', ')} have other axes than its channels`;
}

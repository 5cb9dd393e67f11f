import {kindOf} from '../../model/kinds';
import {type Layer, variableIn, variablesOf} from '../../model/tfjs';
import {channelAxis, shapeOf, tile} from './fields';
import type {CallContext, WeightAxis} from './rule';

type Layouts = ReturnType<CallContext['weightsOf']>;

// Fields that the rules of custom layers read from the declared kinds.

/** The axes of the fields with an element per channel. */
export function perChannelAxes(layer: Layer, ids: Int32Array, role: WeightAxis['role']): WeightAxis[] {
  return perChannelFields(layer).map((field) => {
    const [length] = shapeOf(layer, field);
    return {owner: layer, field, axis: 0, ids: tile(ids, length / ids.length), role};
  });
}

/** Why a layer's kind does not declare all of it: the layer has more than one input, or other weights. */
export function undeclared({layer, inputs, weightsOf}: CallContext): string | undefined {
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
export function unlikeWeights({layer, inputs}: CallContext, weights: Layouts): string | undefined {
  const fields = Object.keys(weights);
  if (fields.length === 0) return 'its kind declares no weights';
  const {shape} = inputs[0];
  const channels = shape[channelAxis(layer, shape)];
  const sizes = Object.entries(weights).map(([field, {axes, gates}]) => {
    const of = shapeOf(layer, field);
    return [of[axes.input] === channels, typeof axes.output === 'number' && of[axes.output] / gates];
  });
  const [[, outputs]] = sizes;
  return outputs !== false && sizes.every(([isWhole, other]) => isWhole && other === outputs)
    ? undefined
    : `its weights ${fields.join(', ')} have other axes than its channels`;
}

/** Why biases are not those of a layer's weights. A bias that a layer was configured without is missing. */
export function unlikeBiases(
  {layer}: CallContext,
  weights: Layouts,
  biases: Readonly<Record<string, string>>,
): string | undefined {
  const declared = (kindOf(layer)?.perChannel ?? []).flat();
  const fault = Object.entries(biases).find(([field, bias]) => {
    if (weights[field] === undefined || !declared.includes(bias)) return true;
    const outputs = shapeOf(layer, field)[weights[field].axes.output as number];
    return variableIn(layer, bias) !== undefined && `${shapeOf(layer, bias)}` !== `${outputs}`;
  });
  return fault && `its kind does not declare a bias ${fault[1]} with the outputs of a weight ${fault[0]}`;
}

/** The fields in `perChannel` of its kind that a layer has. */
function perChannelFields(layer: Layer): string[] {
  const fields = kindOf(layer)?.perChannel ?? [];
  return fields.flatMap((alternatives) => {
    const found = [alternatives].flat().find((field) => variableIn(layer, field) !== undefined);
    return found === undefined ? [] : [found];
  });
}

import {sizeAlong} from '../../model/axes';
import type {Read} from '../../model/readAll';
import type {Layer} from '../../model/tfjs';
import {activated, keepsZero, pinMixed} from './activations';
import {carriedBy} from './carriers';
import {type Edges, edgesOf, marksOf, reached, VARIES} from './edges';
import {channelAxis, fieldsOf, shapeOf} from './fields';
import type {Carriers, LinearMap} from './linearMap';
import type {CallContext, ChannelTensor, Propagation, PropagationRule, WeightAxis} from './rule';
import {CONSTANT} from './values';

/**
 * The rule for layers that compute each output from all inputs by a kernel: dense layers and convolutions. A constant
 * input adds the same at all positions, except with padding and in transposed convolutions.
 *
 * @param size The name of the number of outputs in the configuration.
 * @param options.spreads Whether it is a transposed convolution.
 */
export function linear(size: 'units' | 'filters', options: {spreads?: boolean} = {}): PropagationRule {
  return (context) => {
    const {layer} = context;
    const {axes} = context.weightsOf(layer).kernel;
    const input = context.alignBorderedInput(0, channelAxis(layer, context.inputs[0].shape));
    const consumes = [{field: 'kernel', axis: axes.input, ids: input.ids}];
    return propagateLinear(context, {
      size,
      input,
      consumes,
      kernel: 'kernel',
      isUniform: !options.spreads && isUniform(layer),
      edges: (read) => edgesOf(read(layer, 'kernel') as Float32Array, shapeOf(layer, 'kernel'), axes),
      carriers: carriedBy(layer, 'kernel', axes.input),
    });
  };
}

/** The parts in which layers with one linear map differ. */
export interface LinearParts {
  /** The name of the number of outputs in the configuration. */
  readonly size: string;
  readonly input: ChannelTensor;
  readonly consumes: readonly {field: string; axis: number; ids: Int32Array}[];
  /** The field of the weight that produces the outputs. */
  readonly kernel: string;
  /** Whether a constant input adds the same at all positions. */
  readonly isUniform: boolean;
  readonly edges: (read: Read) => Edges;
  readonly carriers: Carriers;
}

/** The propagation for a layer that computes activation(linear map of the input + bias). */
export function propagateLinear(context: CallContext, parts: LinearParts): Propagation {
  const {layer, channels} = context;
  const {size, input, consumes, kernel, edges, carriers} = parts;
  const {useBias} = fieldsOf(layer);
  const {axes} = context.weightsOf(layer)[kernel];
  const ids = channels.fresh(sizeAlong(shapeOf(layer, kernel), axes.output));
  pinMixed(context, ids);
  const produces = [
    {field: kernel, axis: axes.output as number, ids},
    ...(useBias ? [{field: 'bias', axis: 0, ids}] : []),
  ];
  const isFolding = parts.isUniform && input.border === undefined;
  const linearMap: LinearMap = {
    ...{from: input.ids, values: () => input.values, to: ids, edges, carriers},
    bias: isFolding
      ? {owner: layer, field: 'bias', missing: useBias ? undefined : {use_bias: true}}
      : undefined,
  };
  return {
    outputs: [{axis: channelAxis(layer, context.outputs[0]), ids}],
    weightAxes: [
      ...consumes.map((axis): WeightAxis => ({...axis, owner: layer, role: 'consumes'})),
      ...produces.map((axis): WeightAxis => ({...axis, owner: layer, role: 'produces'})),
    ],
    linearMaps: [linearMap],
    values: (read) =>
      outputValues(layer, input, edges(read), useBias ? read(layer, 'bias') : undefined, ids.length),
    config: (count) => ({[size]: count(ids)}),
  };
}

function outputValues(
  layer: Layer,
  {values, border}: ChannelTensor,
  edges: Edges,
  bias: Float32Array | undefined,
  count: number,
): Float64Array {
  const marks = reached(edges, marksOf(values), count);
  const found = Float64Array.from(marks, (mark, i) => {
    if (mark >= VARIES || (mark > 0 && border !== undefined)) return Number.NaN;
    return mark > 0 || !keepsZero(layer) || bias?.[i] ? CONSTANT : 0;
  });
  return activated(layer, found);
}

/** Whether a constant input adds the same at all positions, so that a bias can replace it. */
export function isUniform(layer: Layer): boolean {
  const {padding = 'valid', kernelSize = []} = fieldsOf(layer);
  return padding === 'valid' || kernelSize.every((width) => width === 1);
}

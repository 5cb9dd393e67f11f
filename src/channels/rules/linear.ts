import {sizeAlong} from '../../model/axes';
import type {Read} from '../../model/readAll';
import type {Layer} from '../../model/tfjs';
import {carriedBy, carriedThrough} from './carriers';
import {type Edges, edgesOf, edgesThrough, nonzeroAlong, reached, VARIES} from './edges';
import {channelAxis, fieldsOf, keepsZero, mixingActivation, shapeOf} from './fields';
import {
  type CallContext,
  type Carriers,
  type ChannelTensor,
  CONSTANT,
  type Propagation,
  type PropagationRule,
} from './rule';

/**
 * The rule of layers that compute each output from all inputs by a kernel: dense layers and convolutions. A constant
 * input adds the same at all positions, except with padding and in transposed convolutions.
 *
 * @param size The name of the number of outputs in the configuration.
 * @param options.spreads Whether it is a transposed convolution.
 */
export function linear(size: 'units' | 'filters', options: {spreads?: boolean} = {}): PropagationRule {
  return (context) => {
    const {layer} = context;
    const {axes} = context.weightsOf(layer).kernel;
    const input = context.borderedInput(0, channelAxis(layer, context.inputs[0].shape));
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

/** The rule of separable convolutions: a depthwise kernel, directly followed by a pointwise one. */
export function separable(): PropagationRule {
  return (context) => {
    const {layer} = context;
    const input = context.borderedInput(0, channelAxis(layer, context.inputs[0].shape));
    const multiplier = fieldsOf(layer).depthMultiplier as number;
    const hidden = Int32Array.from(
      {length: input.ids.length * multiplier},
      (_, i) => input.ids[Math.floor(i / multiplier)],
    );
    const consumes = [
      {field: 'depthwiseKernel', axis: 2, ids: input.ids},
      {field: 'pointwiseKernel', axis: 2, ids: hidden},
    ];
    return propagateLinear(context, {
      size: 'filters',
      input,
      consumes,
      kernel: 'pointwiseKernel',
      isUniform: isUniform(layer),
      edges: (read) =>
        edgesThrough(
          read(layer, 'depthwiseKernel') as Float32Array,
          shapeOf(layer, 'depthwiseKernel'),
          read(layer, 'pointwiseKernel') as Float32Array,
          shapeOf(layer, 'pointwiseKernel'),
        ),
      carriers: carriedThrough(layer),
    });
  };
}

/** The rule of embeddings, whose outputs are the columns of a table that is indexed by the inputs. */
export function embedding(): PropagationRule {
  return (context) => {
    const {layer, channels} = context;
    channels.pin(context.inputs[0].ids, `${layer.name} looks them up`);
    const ids = channels.fresh((context.outputs[0].at(-1) as number) ?? 0);
    return {
      outputs: [{axis: context.outputs[0].length - 1, ids}],
      weightAxes: [{owner: layer, field: 'embeddings', axis: 1, ids, role: 'produces'}],
      linearMaps: [],
      values: (read) =>
        Float64Array.from(
          nonzeroAlong(read(layer, 'embeddings') as Float32Array, shapeOf(layer, 'embeddings'), 1),
          (one) => (one ? Number.NaN : 0),
        ),
      config: (count) => ({output_dim: count(ids)}),
    };
  };
}

interface LinearParts {
  /** The name of the number of outputs in the configuration. */
  readonly size: string;
  readonly input: ChannelTensor;
  readonly consumes: readonly {field: string; axis: number; ids: Int32Array}[];
  /** The field of the weight that produces the outputs. */
  readonly kernel: string;
  readonly isUniform: boolean;
  readonly edges: (read: Read) => Edges;
  readonly carriers: Carriers;
}

function propagateLinear(
  context: CallContext,
  {size, input, consumes, kernel, isUniform: uniform, edges, carriers}: LinearParts,
): Propagation {
  const {layer, channels} = context;
  const {useBias} = fieldsOf(layer);
  const {axes} = context.weightsOf(layer)[kernel];
  const ids = channels.fresh(sizeAlong(shapeOf(layer, kernel), axes.output));
  const reason = mixingActivation(layer);
  if (reason !== undefined) {
    channels.pin(ids, `${layer.name}: ${reason}`);
  }
  const makes = [
    {field: kernel, axis: axes.output as number, ids},
    ...(useBias ? [{field: 'bias', axis: 0, ids}] : []),
  ];
  const isBordered = input.border !== undefined;
  const values = (read: Read) => {
    const bias = useBias ? read(layer, 'bias') : undefined;
    const found = Float64Array.from(ids, (_, i) => (keepsZero(layer) && !bias?.[i] ? 0 : CONSTANT));
    const marks = Uint8Array.from(input.values, (value) => (Number.isNaN(value) ? VARIES : +(value !== 0)));
    for (const [i, mark] of reached(edges(read), marks, ids.length).entries()) {
      if (mark > 0) found[i] = mark >= VARIES || isBordered ? Number.NaN : CONSTANT;
    }
    return reason !== undefined && found.some(Number.isNaN) ? found.fill(Number.NaN) : found;
  };
  return {
    outputs: [{axis: channelAxis(layer, context.outputs[0]), ids}],
    weightAxes: [
      ...consumes.map((weightAxis) => ({...weightAxis, owner: layer, role: 'consumes' as const})),
      ...makes.map((weightAxis) => ({...weightAxis, owner: layer, role: 'produces' as const})),
    ],
    linearMaps: [
      {
        from: input.ids,
        values: () => input.values,
        to: ids,
        edges,
        carriers,
        bias:
          uniform && !isBordered
            ? {owner: layer, field: 'bias', missing: useBias ? undefined : {use_bias: true}}
            : undefined,
      },
    ],
    values,
    config: (count) => ({[size]: count(ids)}),
  };
}

/** Whether a constant input adds the same at all positions, so that a bias can replace it. */
export function isUniform(layer: Layer): boolean {
  const {padding = 'valid', kernelSize = []} = fieldsOf(layer);
  return padding === 'valid' || kernelSize.every((width) => width === 1);
}

import type {Read} from '../../model/readAll';
import {variableIn} from '../../model/tfjs';
import {activated, keepsZero, mixingActivation, pinMixed} from './activations';
import {nonzeroAlong} from './edges';
import {channelAxis, fieldsOf, repeatEach, shapeOf} from './fields';
import {type ChannelTensor, type PropagationRule, pinned, type WeightAxis} from './rule';
import {CONSTANT, shifted} from './values';

/** The rule for layers that treat all elements independently: activations, dropout. */
export function activation(): PropagationRule {
  return (context) => {
    const reason = mixingActivation(context.layer);
    if (reason !== undefined) {
      return pinned(reason);
    }
    if (fieldsOf(context.layer).noiseShape != null) {
      return pinned('its noise has a shape of its own');
    }
    const [{axis}] = context.inputs;
    return keepsZero(context.layer)
      ? channelwise(context.alignBorderedInput(0, axis), axis)
      : channelwise(context.inputs[0], axis, CONSTANT);
  };
}

/** The rule for Rescaling: x · scale + offset. */
export function rescaling(): PropagationRule {
  return (context) => {
    const [input] = context.inputs;
    const {offset} = context.layer.getConfig();
    return channelwise(input, input.axis, offset === 0 ? 0 : CONSTANT);
  };
}

/** The rule for zero padding. */
export function zeroPadding(): PropagationRule {
  return (context) => {
    const axis = channelAxis(context.layer, context.inputs[0].shape);
    const input = context.alignBorderedInput(0, axis);
    const border = JSON.stringify([input.border, input.shape, fieldsOf(context.layer).padding]);
    return {...channelwise(input, axis), values: () => input.values.slice(), border};
  };
}

/** The rule for layers that combine or select positions within each channel: pooling, cropping, upsampling. */
export function pooling(): PropagationRule {
  return (context) => {
    const input = context.alignInput(0, channelAxis(context.layer, context.inputs[0].shape));
    return channelwise(input, channelAxis(context.layer, context.outputs[0]));
  };
}

/** The rule for batch norms: (input − mean) / √variance · gamma + beta, with parameters for each channel. */
export function batchNorm(): PropagationRule {
  return (context) => {
    const {layer} = context;
    const {axis = -1} = fieldsOf(layer) as {axis?: number};
    const last = context.inputs[0].shape.length - 1;
    if (axis !== -1 && axis !== last + 1) {
      // On cpu and WASM, tfjs repeats the parameters of a norm along another axis along the last one.
      return pinned('its axis is not the last one');
    }
    const input = context.alignInput(0, last);
    const weightAxes = ['gamma', 'beta', 'movingMean', 'movingVariance']
      .filter((field) => variableIn(layer, field) !== undefined)
      .map((field): WeightAxis => ({owner: layer, field, axis: 0, ids: input.ids, role: 'perChannel'}))
      // A masked mean makes the output 0 only where the input is 0; a masked gamma does everywhere.
      .map((weightAxis) =>
        weightAxis.field === 'movingMean' ? {...weightAxis, needsZero: true} : weightAxis,
      );
    const values = (read: Read) => {
      const [gamma, beta, mean] = ['gamma', 'beta', 'movingMean'].map((field) => read(layer, field));
      return input.values.map((value, i) => {
        const normed = gamma?.[i] === 0 ? 0 : shifted(value, mean?.[i] ?? 0);
        return shifted(normed, beta?.[i] ?? 0);
      });
    };
    return {...channelwise(input, input.axis), weightAxes, values};
  };
}

/** The rule for PReLU, which has slopes per channel, at each position or shared by all positions. */
export function prelu(): PropagationRule {
  return (context) => {
    const input = context.alignBorderedInput(0, context.inputs[0].axis);
    const isShared = shapeOf(context.layer, 'alpha')[input.axis] !== input.ids.length;
    const weightAxis: WeightAxis = {
      owner: context.layer,
      field: 'alpha',
      axis: input.axis,
      ids: input.ids,
      role: 'perChannel',
    };
    return {...channelwise(input, input.axis), weightAxes: isShared ? [] : [weightAxis]};
  };
}

/** The rule for depthwise convolutions. The outputs of an input channel are tied to it. */
export function depthwise(): PropagationRule {
  return (context) => {
    const {layer} = context;
    const {depthMultiplier = 1, useBias} = fieldsOf(layer);
    const input = context.alignInput(0, channelAxis(layer, context.inputs[0].shape));
    const ids = repeatEach(input.ids, depthMultiplier);
    pinMixed(context, ids);
    const kernel: WeightAxis = {
      owner: layer,
      field: 'depthwiseKernel',
      axis: 2,
      ids: input.ids,
      role: 'perChannel',
    };
    const bias: WeightAxis = {owner: layer, field: 'bias', axis: 0, ids, role: 'perChannel'};
    const values = (read: Read) => {
      const filters = read(layer, 'depthwiseKernel') as Float32Array;
      const offsets = useBias ? read(layer, 'bias') : undefined;
      const isFiltered = nonzeroAlong(filters, shapeOf(layer, 'depthwiseKernel'), [2, 3]);
      const found = Float64Array.from(isFiltered, (one, i) => {
        const value = one ? input.values[Math.floor(i / depthMultiplier)] : 0;
        return shifted(value, keepsZero(layer) ? (offsets?.[i] ?? 0) : CONSTANT);
      });
      return activated(layer, found);
    };
    return {
      ...channelwise(input, channelAxis(layer, context.outputs[0])),
      outputs: [{axis: channelAxis(layer, context.outputs[0]), ids}],
      weightAxes: useBias ? [kernel, bias] : [kernel],
      values,
    };
  };
}

/** The rule for layers that combine all channels, so that none can be removed. */
export function acrossChannels(reason: string): PropagationRule {
  return () => pinned(reason);
}

/**
 * The propagation for a layer that maps each channel to itself.
 *
 * @param offset Other than 0 if the layer does not map 0 to 0.
 */
export function channelwise(input: ChannelTensor, axis: number, offset = 0) {
  return {
    outputs: [{axis, ids: input.ids}],
    weightAxes: [] as WeightAxis[],
    linearMaps: [],
    values: (_: Read) => input.values.map((value) => shifted(value, offset)),
    border: input.border,
  };
}

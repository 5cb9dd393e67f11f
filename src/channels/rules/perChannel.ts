import type {Read} from '../../model/readAll';
import {variableIn} from '../../model/tfjs';
import {nonzeroAlong} from './edges';
import {channelAxis, fieldsOf, keepsZero, mixingActivation, repeatEach, shapeOf} from './fields';
import {type ChannelTensor, CONSTANT, type PropagationRule, pinned, shifted, type WeightAxis} from './rule';

/** Channels go through each on its own, whatever the axis: activations, dropout. */
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
      ? channelwise(context.borderedInput(0, axis), axis)
      : channelwise(context.inputs[0], axis, CONSTANT);
  };
}

/** Zeros are put around the positions of each channel. */
export function zeroPadding(): PropagationRule {
  return (context) => {
    const axis = channelAxis(context.layer, context.inputs[0].shape);
    const input = context.borderedInput(0, axis);
    const border = JSON.stringify([input.border, input.shape, fieldsOf(context.layer).padding]);
    return {...channelwise(input, axis), values: () => input.values.slice(), border};
  };
}

/** Positions are taken together, but not channels: pooling, cropping, upsampling. */
export function pooling(): PropagationRule {
  return (context) => {
    const input = context.inputAlong(0, channelAxis(context.layer, context.inputs[0].shape));
    return channelwise(input, channelAxis(context.layer, context.outputs[0]));
  };
}

/** Each channel is shifted and scaled by elements of its own: (input − mean) / √variance · gamma + beta. */
export function batchNorm(): PropagationRule {
  return (context) => {
    const {layer} = context;
    const {axis = -1} = fieldsOf(layer) as {axis?: number};
    const last = context.inputs[0].shape.length - 1;
    if (axis !== -1 && axis !== last + 1) {
      // On cpu and wasm a norm along another axis repeats its parameters along the last.
      return pinned('its axis is not the last one');
    }
    const input = context.inputAlong(0, last);
    const weightAxes = ['gamma', 'beta', 'movingMean', 'movingVariance']
      .filter((field) => variableIn(layer, field) !== undefined)
      .map((field): WeightAxis => ({owner: layer, field, axis: 0, ids: input.ids, role: 'perChannel'}))
      // The mean is what makes something else of 0, and what makes 0 of something else.
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

/** Each channel has slopes of its own, at each position or for all of them. */
export function prelu(): PropagationRule {
  return (context) => {
    const input = context.borderedInput(0, context.inputs[0].axis);
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

/** Each channel is filtered on its own, into one or more that go with it. */
export function depthwise(): PropagationRule {
  return (context) => {
    const {layer, channels} = context;
    const {depthMultiplier = 1, useBias} = fieldsOf(layer);
    const input = context.inputAlong(0, channelAxis(layer, context.inputs[0].shape));
    const ids = repeatEach(input.ids, depthMultiplier);
    const reason = mixingActivation(layer);
    if (reason !== undefined) {
      channels.pin(ids, `${layer.name}: ${reason}`);
    }
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
      return reason !== undefined && found.some(Number.isNaN) ? found.fill(Number.NaN) : found;
    };
    return {
      ...channelwise(input, channelAxis(layer, context.outputs[0])),
      outputs: [{axis: channelAxis(layer, context.outputs[0]), ids}],
      weightAxes: useBias ? [kernel, bias] : [kernel],
      values,
    };
  };
}

/** All channels are taken together, so that none can go. */
export function acrossChannels(reason: string): PropagationRule {
  return () => pinned(reason);
}

/** @param offset Anything but 0 if zeros do not remain zeros. */
export function channelwise(input: ChannelTensor, axis: number, offset = 0) {
  return {
    outputs: [{axis, ids: input.ids}],
    weightAxes: [] as WeightAxis[],
    linearMaps: [],
    values: (_: Read) => input.values.map((value) => shifted(value, offset)),
    border: input.border,
  };
}

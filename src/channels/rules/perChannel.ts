import type {LayerVariable} from '@tensorflow/tfjs-layers';
import type {Read} from '../../model/readAll';
import {nonzeroAlong} from './edges';
import {channelAxis, each, fieldsOf, keepsZero, mixingActivation} from './fields';
import {shapeOf} from './linear';
import {CONSTANT, type Flow, type Slice, type Stream, shifted} from './rule';

/** Channels go through each on its own, whatever the axis: activations, dropout. */
export function passes(): Flow {
  return (at) => {
    const reason = mixingActivation(at.layer);
    if (reason !== undefined) {
      return reason;
    }
    if (fieldsOf(at.layer).noiseShape != null) {
      return 'its noise has a shape of its own';
    }
    const [{axis}] = at.inputs;
    return keepsZero(at.layer) ? through(at.bordered(0, axis), axis) : through(at.inputs[0], axis, CONSTANT);
  };
}

/** Zeros are put around the positions of each channel. */
export function passesPadded(): Flow {
  return (at) => {
    const axis = channelAxis(at.layer, at.inputs[0].shape);
    const input = at.bordered(0, axis);
    const border = JSON.stringify([input.border, input.shape, fieldsOf(at.layer).padding]);
    return {...through(input, axis), values: () => input.values.slice(), border};
  };
}

/** Positions are taken together, but not channels: pooling, cropping, upsampling. */
export function passesPositions(): Flow {
  return (at) => {
    const input = at.along(0, channelAxis(at.layer, at.inputs[0].shape));
    return through(input, channelAxis(at.layer, at.outputs[0]));
  };
}

/** Each channel is shifted and scaled by elements of its own: (input − mean) / √variance · gamma + beta. */
export function passesNormed(): Flow {
  return (at) => {
    const {layer} = at;
    const {axis = -1} = fieldsOf(layer) as {axis?: number};
    const last = at.inputs[0].shape.length - 1;
    if (axis !== -1 && axis !== last + 1) {
      // On cpu and wasm a norm along another axis repeats its parameters along the last.
      return 'its axis is not the last one';
    }
    const input = at.along(0, last);
    const slices = ['gamma', 'beta', 'movingMean', 'movingVariance']
      .filter((field) => (layer as unknown as Record<string, LayerVariable>)[field] != null)
      .map((field): Slice => ({owner: layer, field, axis: 0, ids: input.ids, role: 'carries'}))
      // The mean is what makes something else of 0, and what makes 0 of something else.
      .map((slice) => (slice.field === 'movingMean' ? {...slice, needsZero: true} : slice));
    const values = (read: Read) => {
      const [gamma, beta, mean] = ['gamma', 'beta', 'movingMean'].map((field) => read(layer, field));
      return input.values.map((value, i) => {
        const normed = gamma?.[i] === 0 ? 0 : shifted(value, mean?.[i] ?? 0);
        return shifted(normed, beta?.[i] ?? 0);
      });
    };
    return {...through(input, input.axis), slices, values};
  };
}

/** Each channel has slopes of its own, at each position or for all of them. */
export function passesSloped(): Flow {
  return (at) => {
    const input = at.bordered(0, at.inputs[0].axis);
    const isShared = shapeOf(at.layer, 'alpha')[input.axis] !== input.ids.length;
    const slice: Slice = {owner: at.layer, field: 'alpha', axis: input.axis, ids: input.ids, role: 'carries'};
    return {...through(input, input.axis), slices: isShared ? [] : [slice]};
  };
}

/** Each channel is filtered on its own, into one or more that go with it. */
export function passesFiltered(): Flow {
  return (at) => {
    const {layer, channels} = at;
    const {depthMultiplier = 1, useBias} = fieldsOf(layer);
    const input = at.along(0, channelAxis(layer, at.inputs[0].shape));
    const ids = each(input.ids, depthMultiplier);
    const reason = mixingActivation(layer);
    if (reason !== undefined) {
      channels.pin(ids, `${layer.name}: ${reason}`);
    }
    const kernel: Slice = {owner: layer, field: 'depthwiseKernel', axis: 2, ids: input.ids, role: 'carries'};
    const bias: Slice = {owner: layer, field: 'bias', axis: 0, ids, role: 'carries'};
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
      ...through(input, channelAxis(layer, at.outputs[0])),
      outputs: [{axis: channelAxis(layer, at.outputs[0]), ids}],
      slices: useBias ? [kernel, bias] : [kernel],
      values,
    };
  };
}

/** All channels are taken together, so that none can go. */
export function passesTogether(reason: string): Flow {
  return () => reason;
}

/** @param offset Anything but 0 if zeros do not remain zeros. */
export function through(input: Stream, axis: number, offset = 0) {
  return {
    outputs: [{axis, ids: input.ids}],
    slices: [] as Slice[],
    mixes: [],
    values: (_: Read) => input.values.map((value) => shifted(value, offset)),
    border: input.border,
  };
}

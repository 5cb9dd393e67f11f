import type {LayerVariable} from '@tensorflow/tfjs-layers';
import {channelAxis, each, fieldsOf, mixingActivation, sizeOf} from './fields';
import {type At, type Flow, type Read, type Slice, type Stream, varying} from './flow';
import {nonzeroAlong} from './links';
import {shapeOf} from './mixes';

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
    return through(at.inputs[0], at.inputs[0].axis);
  };
}

/** Positions are taken together, but not channels: pooling, padding, upsampling. */
export function passesPositions(): Flow {
  return (at) => {
    const input = at.along(0, channelAxis(at.layer, at.inputs[0].shape));
    return through(input, channelAxis(at.layer, at.outputs[0]));
  };
}

/** Each channel has elements of its own in some weights; by that of `scale` it may become 0. */
export function passesNormed(fields: readonly string[], scale: string): Flow {
  return (at) => {
    const {layer} = at;
    const {axis = -1} = fieldsOf(layer) as {axis?: number};
    const last = at.inputs[0].shape.length - 1;
    if (axis !== -1 && axis !== last + 1) {
      // On cpu and wasm a norm along another axis repeats its parameters along the last.
      return 'its axis is not the last one';
    }
    const input = at.along(0, last);
    const slices = fields
      .filter((field) => (layer as unknown as Record<string, LayerVariable>)[field] != null)
      .map((field): Slice => ({owner: layer, field, axis: 0, ids: input.ids, role: 'carries'}));
    const varies = (read: Read) => {
      const factor = read(layer, scale);
      return varying(input).map((one, i) => +(one === 1 && factor?.[i] !== 0));
    };
    return {...through(input, input.axis), slices, varies};
  };
}

/** Each channel has slopes of its own, at each position or for all of them. */
export function passesSloped(): Flow {
  return (at) => {
    const [input] = at.inputs;
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
    const varies = (read: Read) => {
      const filters = read(layer, 'depthwiseKernel') as Float32Array;
      const isFiltered = nonzeroAlong(filters, shapeOf(layer, 'depthwiseKernel'), [2, 3]);
      const of = varying(input);
      const found = isFiltered.map((one, i) => one & of[Math.floor(i / depthMultiplier)]);
      return reason !== undefined && found.includes(1) ? found.fill(1) : found;
    };
    return {
      ...through(input, channelAxis(layer, at.outputs[0])),
      outputs: [{axis: channelAxis(layer, at.outputs[0]), ids}],
      slices: useBias ? [kernel, bias] : [kernel],
      varies,
    };
  };
}

/** A channel becomes a run of features. */
export function flattens(): Flow {
  return (at) => {
    // Channels first are made last before.
    const isFirst = fieldsOf(at.layer).dataFormat === 'channelsFirst';
    const input = isFirst ? at.along(0, 0) : at.inputs[0];
    const of = isFirst
      ? (i: number) => i % input.ids.length
      : placeOf(input.shape, input.axis, input.ids.length);
    const features = Int32Array.from({length: at.outputs[0][0] as number}, (_, i) => of(i));
    return gathered(input, 0, features);
  };
}

/** The elements stay in their order, and their channels with them; those that fall together are tied. */
export function reshapes(): Flow {
  return (at) => {
    const [input] = at.inputs;
    const [shape] = at.outputs;
    const size = sizeOf(input.shape);
    if (size === undefined || sizeOf(shape) === undefined) {
      return 'its shape is not known';
    }
    const stays = shape.length === input.shape.length && shape[input.axis] === input.shape[input.axis];
    const axis = stays ? input.axis : shape.length - 1;
    const count = shape[axis] as number;
    const [from, to] = [placeOf(input.shape, input.axis, input.ids.length), placeOf(shape, axis, count)];
    const features = new Int32Array(count).fill(-1);
    for (let i = 0; i < size; i++) {
      const place = to(i);
      features[place] = features[place] < 0 ? from(i) : features[place];
      at.channels.unite(
        input.ids.subarray(features[place], features[place] + 1),
        input.ids.subarray(from(i), from(i) + 1),
      );
    }
    const passage = gathered(input, axis, features);
    const [{ids}] = passage.outputs;
    return {
      ...passage,
      config: (kept) => ({target_shape: shape.map((dim, i) => (i === axis ? kept(ids) : dim))}),
    };
  };
}

/** Axes change places. */
export function permutes(): Flow {
  return (at) => {
    const [input] = at.inputs;
    return through(input, (fieldsOf(at.layer).dims as number[]).indexOf(input.axis + 1));
  };
}

/** The whole is repeated along a new first axis. */
export function repeats(): Flow {
  return (at) => through(at.inputs[0], at.inputs[0].axis + 1);
}

/** All channels are taken together, so that none can go. */
export function passesTogether(reason: string): Flow {
  return () => reason;
}

function through(input: Stream, axis: number) {
  return {
    outputs: [{axis, ids: input.ids}],
    slices: [] as Slice[],
    mixes: [],
    varies: (_: Read) => varying(input),
  };
}

function gathered(input: Stream, axis: number, places: Int32Array) {
  const of = varying(input);
  return {
    ...through(input, axis),
    outputs: [{axis, ids: places.map((place) => input.ids[place])}],
    varies: () => Uint8Array.from(places, (place) => of[place]),
  };
}

/** The place along an axis of the element at each index. */
function placeOf(shape: At['outputs'][0], axis: number, count: number): (index: number) => number {
  const inner = sizeOf(shape.slice(axis + 1)) as number;
  return (index) => Math.floor(index / inner) % count;
}

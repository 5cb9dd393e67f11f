import {fieldsOf, sizeOf} from './fields';
import {channelwise} from './perChannel';
import {type ChannelTensor, type PropagationRule, pinned, type Shape} from './rule';
import {combined} from './values';

/** The rule for Flatten, which gives each channel several places. */
export function flatten(): PropagationRule {
  return (context) => {
    // Flatten moves channels that come first to the end.
    const isFirst = fieldsOf(context.layer).dataFormat === 'channelsFirst';
    const input = isFirst ? context.alignInput(0, 0) : context.inputs[0];
    const of = isFirst
      ? (i: number) => i % input.ids.length
      : placeOf(input.shape, input.axis, input.ids.length);
    const count = context.outputs[0][0] as number;
    return moved(input, 0, {size: count, count, from: of, to: (i) => i});
  };
}

/** The rule for Reshape, which keeps the element order. Channels that come to the same place are tied. */
export function reshape(): PropagationRule {
  return (context) => {
    const [input] = context.inputs;
    const [shape] = context.outputs;
    const size = sizeOf(input.shape);
    if (size === undefined || sizeOf(shape) === undefined) {
      return pinned('its shape is not known');
    }
    const stays = shape.length === input.shape.length && shape[input.axis] === input.shape[input.axis];
    const axis = stays ? input.axis : shape.length - 1;
    const count = shape[axis] as number;
    const [from, to] = [placeOf(input.shape, input.axis, input.ids.length), placeOf(shape, axis, count)];
    const propagation = moved(input, axis, {size, count, from, to});
    const [{ids}] = propagation.outputs;
    for (let i = 0; i < size; i++) {
      context.channels.unite(ids.subarray(to(i), to(i) + 1), input.ids.subarray(from(i), from(i) + 1));
    }
    return {
      ...propagation,
      config: (kept) => ({target_shape: shape.map((dim, i) => (i === axis ? kept(ids) : dim))}),
    };
  };
}

/** The rule for Permute. */
export function permute(): PropagationRule {
  return (context) => {
    const [input] = context.inputs;
    return channelwise(input, (fieldsOf(context.layer).dims as number[]).indexOf(input.axis + 1));
  };
}

/** The rule for RepeatVector, which repeats its input along a new first axis. */
export function repeatVector(): PropagationRule {
  return (context) => channelwise(context.inputs[0], context.inputs[0].axis + 1);
}

/** A move of `size` elements, from places along an input axis to `count` places along an output axis. */
interface Moves {
  readonly size: number;
  readonly count: number;
  readonly from: (element: number) => number;
  readonly to: (element: number) => number;
}

/** A propagation that only moves elements. */
function moved(input: ChannelTensor, axis: number, {size, count, from, to}: Moves) {
  const first = new Int32Array(count);
  for (let i = size - 1; i >= 0; i--) {
    first[to(i)] = from(i);
  }
  const values = () => {
    const found = Float64Array.from(first, (place) => input.values[place]);
    for (let i = 0; i < size; i++) {
      const [one, other] = [found[to(i)], input.values[from(i)]];
      if (one !== other) found[to(i)] = combined([one, other]);
    }
    return found;
  };
  return {
    ...channelwise(input, axis),
    outputs: [{axis, ids: first.map((place) => input.ids[place])}],
    values,
  };
}

/** The place along an axis of the element at each index. */
function placeOf(shape: Shape, axis: number, count: number): (index: number) => number {
  const inner = sizeOf(shape.slice(axis + 1)) as number;
  return (index) => Math.floor(index / inner) % count;
}

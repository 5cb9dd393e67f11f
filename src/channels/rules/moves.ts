import {fieldsOf, sizeOf} from './fields';
import {through} from './perChannel';
import {combined, type Flow, type Shape, type Stream} from './rule';

/** A channel becomes a run of features. */
export function flattens(): Flow {
  return (at) => {
    // Channels first are made last before.
    const isFirst = fieldsOf(at.layer).dataFormat === 'channelsFirst';
    const input = isFirst ? at.along(0, 0) : at.inputs[0];
    const of = isFirst
      ? (i: number) => i % input.ids.length
      : placeOf(input.shape, input.axis, input.ids.length);
    const count = at.outputs[0][0] as number;
    return gathered(input, 0, {size: count, count, from: of, to: (i) => i});
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
    const passage = gathered(input, axis, {size, count, from, to});
    const [{ids}] = passage.outputs;
    for (let i = 0; i < size; i++) {
      at.channels.unite(ids.subarray(to(i), to(i) + 1), input.ids.subarray(from(i), from(i) + 1));
    }
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

/** Elements that are moved: `size` in all, from places along an axis of the input to `count` along one of the output. */
interface Moves {
  readonly size: number;
  readonly count: number;
  readonly from: (element: number) => number;
  readonly to: (element: number) => number;
}

function gathered(input: Stream, axis: number, {size, count, from, to}: Moves) {
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
    ...through(input, axis),
    outputs: [{axis, ids: first.map((place) => input.ids[place])}],
    values,
  };
}

/** The place along an axis of the element at each index. */
function placeOf(shape: Shape, axis: number, count: number): (index: number) => number {
  const inner = sizeOf(shape.slice(axis + 1)) as number;
  return (index) => Math.floor(index / inner) % count;
}

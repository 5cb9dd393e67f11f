import {util} from '@tensorflow/tfjs-core';
import {fieldsOf} from './fields';
import {type At, combined, type Flow, type Passage, type Stream, withoutBorder} from './rule';

/**
 * Tensors are taken together element by element, so that a channel of one goes with the same of all others.
 *
 * @param zero What an input of zeros does: `'nothing'`, as in a sum, or makes the output `'zero'`, as in a product.
 */
export function merges(zero?: 'nothing' | 'zero'): Flow {
  return (at) => {
    const [shape] = at.outputs;
    if (at.inputs.some((input) => input.shape.length !== shape.length)) {
      return 'it merges tensors of different ranks';
    }
    const {axis} = at.inputs[0];
    const inputs = at.inputs.map((_, i) => at.along(i, axis));
    const idle = zero === 'nothing' && at.once ? idleAmong(inputs, shape) : [];
    const used = inputs.filter((_, i) => !idle.includes(i));
    // One channel may stand against many, all of which it goes into.
    const [widest] = [...used].sort((a, b) => b.ids.length - a.ids.length);
    for (const input of used) {
      if (input.ids.length === widest.ids.length) {
        at.channels.unite(widest.ids, input.ids);
      } else {
        at.channels.pin(input.ids, `${at.layer.name} merges it with ${widest.ids.length} channels`);
      }
    }
    return {
      outputs: [{axis, ids: widest.ids}],
      slices: [],
      mixes: [],
      idle,
      values: () => valuesOf(used, widest.ids.length, zero === 'zero'),
    };
  };
}

/** Tensors stand side by side along an axis. */
export function concatenates(): Flow {
  return (at) => {
    const [shape] = at.outputs;
    const {axis = -1} = fieldsOf(at.layer) as {axis?: number};
    const along = axis < 0 ? shape.length + axis : axis - 1;
    const [{axis: own}] = at.inputs;
    if (along !== own && at.inputs.every((input) => input.axis === own)) {
      // Positions, or steps, of the same channels.
      at.inputs.forEach(({ids}) => {
        at.channels.unite(at.inputs[0].ids, ids);
      });
      const count = at.inputs[0].ids.length;
      return {...joined(own, at.inputs[0].ids), values: () => valuesOf(at.inputs, count, false)};
    }
    const streams = at.inputs.map((_, i) => at.bordered(i, along));
    const [{border}] = streams;
    const isSame = streams.every((stream) => stream.border === border);
    const inputs = isSame ? streams : streams.map(withoutBorder);
    return {
      border: isSame ? border : undefined,
      ...joined(along, concat(inputs.map(({ids}) => ids))),
      skipsEmpty: true,
      values: () => Float64Array.from(inputs.flatMap(({values}) => [...values])),
    };
  };
}

function joined(axis: number, ids: Int32Array): Omit<Passage, 'values'> {
  return {outputs: [{axis, ids}], slices: [], mixes: []};
}

export function concat(lists: readonly Int32Array[]): Int32Array {
  return Int32Array.from(lists.flatMap((list) => [...list]));
}

/** The inputs that are 0 throughout, as long as one is left that has the shape of the output. */
function idleAmong(inputs: readonly Stream[], shape: At['outputs'][0]): number[] {
  const zeros = [...inputs.keys()].filter((i) => inputs[i].values.every((value) => value === 0));
  const stays = inputs.some(
    (input, i) => !zeros.includes(i) && util.arraysEqual(input.shape as number[], shape as number[]),
  );
  return stays ? zeros : [];
}

function valuesOf(inputs: readonly Stream[], count: number, zeroWins: boolean): Float64Array {
  const at = ({values}: Stream, i: number) => values[values.length === 1 ? 0 : i];
  return Float64Array.from({length: count}, (_, i) => {
    const values = inputs.map((input) => at(input, i));
    return zeroWins && values.includes(0) ? 0 : combined(values);
  });
}

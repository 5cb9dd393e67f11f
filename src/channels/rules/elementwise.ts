import {util} from '@tensorflow/tfjs-core';
import {fieldsOf} from './fields';
import {type CallContext, type ChannelTensor, type Propagation, type PropagationRule, pinned} from './rule';
import {combined, withoutBorder} from './values';

/**
 * The rule for layers that combine tensors element by element, which ties their channels.
 *
 * @param zero The effect of an input that is 0: `'nothing'` in a sum, or the output is `'zero'` in a product.
 */
export function elementwise(zero?: 'nothing' | 'zero'): PropagationRule {
  return (context) => {
    const [shape] = context.outputs;
    if (context.inputs.some((input) => input.shape.length !== shape.length)) {
      return pinned('it merges tensors of different ranks');
    }
    const {axis} = context.inputs[0];
    const inputs = context.inputs.map((_, i) => context.alignInput(i, axis));
    const idle = zero === 'nothing' && context.isOnlyCall ? idleAmong(inputs, shape) : [];
    const used = inputs.filter((_, i) => !idle.includes(i));
    // A single channel may be broadcast to many.
    const [widest] = [...used].sort((a, b) => b.ids.length - a.ids.length);
    for (const input of used) {
      if (input.ids.length === widest.ids.length) {
        context.channels.unite(widest.ids, input.ids);
      } else {
        context.channels.pin(input.ids, `${context.layer.name} merges it with ${widest.ids.length} channels`);
      }
    }
    return {
      outputs: [{axis, ids: widest.ids}],
      weightAxes: [],
      linearMaps: [],
      idle,
      values: () => valuesOf(used, widest.ids.length, zero === 'zero'),
    };
  };
}

/** The rule for layers that join tensors along an axis. */
export function concatenate(): PropagationRule {
  return (context) => {
    const [shape] = context.outputs;
    const {axis = -1} = fieldsOf(context.layer) as {axis?: number};
    const along = axis < 0 ? shape.length + axis : axis - 1;
    const [{axis: own}] = context.inputs;
    if (along !== own && context.inputs.every((input) => input.axis === own)) {
      // They are joined along positions or steps, and have the same channels.
      context.inputs.forEach(({ids}) => {
        context.channels.unite(context.inputs[0].ids, ids);
      });
      const count = context.inputs[0].ids.length;
      return {...joined(own, context.inputs[0].ids), values: () => valuesOf(context.inputs, count, false)};
    }
    const tensors = context.inputs.map((_, i) => context.alignBorderedInput(i, along));
    const [{border}] = tensors;
    const isSame = tensors.every((tensor) => tensor.border === border);
    const inputs = isSame ? tensors : tensors.map(withoutBorder);
    return {
      border: isSame ? border : undefined,
      ...joined(along, concat(inputs.map(({ids}) => ids))),
      skipsEmpty: true,
      values: () => Float64Array.from(inputs.flatMap(({values}) => [...values])),
    };
  };
}

function joined(axis: number, ids: Int32Array): Omit<Propagation, 'values'> {
  return {outputs: [{axis, ids}], weightAxes: [], linearMaps: []};
}

export function concat(lists: readonly Int32Array[]): Int32Array {
  return Int32Array.from(lists.flatMap((list) => [...list]));
}

/** The inputs that are 0 everywhere, if another one has the output's shape. */
function idleAmong(inputs: readonly ChannelTensor[], shape: CallContext['outputs'][0]): number[] {
  const zeros = [...inputs.keys()].filter((i) => inputs[i].values.every((value) => value === 0));
  const stays = inputs.some(
    (input, i) => !zeros.includes(i) && util.arraysEqual(input.shape as number[], shape as number[]),
  );
  return stays ? zeros : [];
}

function valuesOf(inputs: readonly ChannelTensor[], count: number, zeroWins: boolean): Float64Array {
  const at = ({values}: ChannelTensor, i: number) => values[values.length === 1 ? 0 : i];
  return Float64Array.from({length: count}, (_, i) => {
    const values = inputs.map((input) => at(input, i));
    return zeroWins && values.includes(0) ? 0 : combined(values);
  });
}

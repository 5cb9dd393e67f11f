import {sizeAlong} from '../../model/axes';
import type {Read} from '../../model/readAll';
import type {Layer} from '../../model/tfjs';
import {carriedBy} from './carriers';
import {edgesOf, reached} from './edges';
import {fieldsOf, keepsZero, mixingActivation, shapeOf, tile} from './fields';
import {isUniform} from './linear';
import {
  type ChannelTensor,
  type LinearMap,
  type Propagation,
  type PropagationRule,
  pinned,
  type WeightAxis,
} from './rule';

/**
 * The rule of recurrent layers, whose units are computed from all inputs and from all units of the step before. A unit
 * without inputs keeps its initial value 0, whatever its gates are, if its activation maps 0 to 0.
 *
 * @param size The name of the number of units in the configuration.
 * @param options.inCell Whether that is an entry of the configuration of the cell.
 */
export function recurrent(size: 'units' | 'filters', options: {inCell?: true} = {}): PropagationRule {
  return (context) => {
    const cell = fieldsOf(context.layer).cell as Layer;
    const weights = context.weightsOf(cell);
    const {stateful} = fieldsOf(context.layer);
    const reason = mixingActivation(cell);
    if (weights.kernel === undefined) return pinned('its cell is not known');
    if (context.inputs.length > 1) return pinned('its first state is given');
    if (stateful) return pinned('it keeps its state from call to call');
    if (reason !== undefined) return pinned(reason);

    const isFirst = fieldsOf(cell).dataFormat === 'channelsFirst';
    const [{shape}] = context.inputs;
    const input = context.inputAlong(0, isFirst ? 1 : shape.length - 1);
    const {axes, gates} = weights.kernel;
    const ids = context.channels.fresh(sizeAlong(shapeOf(cell, 'kernel'), axes.output) / gates);
    const inLayer = (config: object) => (options.inCell ? {cell: {config}} : config);
    const units = propagateUnits(cell, input, ids, axes.input, gates, inLayer({use_bias: true}));
    return {
      // States have no axis of steps, and outputs only have one if they are sequences.
      outputs: context.outputs.map((output) => ({
        axis: isFirst ? output.length - 3 : output.length - 1,
        ids,
      })),
      ...units,
      config: (count) => inLayer({[size]: count(ids)}),
    };
  };
}

function propagateUnits(
  cell: Layer,
  {ids: from, values}: ChannelTensor,
  ids: Int32Array,
  axis: number,
  gates: number,
  withBias: object,
): Pick<Propagation, 'weightAxes' | 'linearMaps' | 'values'> {
  const {useBias} = fieldsOf(cell);
  const to = tile(ids, gates);
  const edges = (field: string) => (read: Read) =>
    edgesOf(read(cell, field) as Float32Array, shapeOf(cell, field), {input: axis, output: axis + 1});
  const weightAxis = (
    field: string,
    along: number,
    of: Int32Array,
    role: WeightAxis['role'],
  ): WeightAxis => ({
    owner: cell,
    field,
    axis: along,
    ids: of,
    role,
  });
  const valuesOf = (read: Read) => {
    const touched = reached(
      edges('kernel')(read),
      Uint8Array.from(values, (value) => +(value !== 0)),
      to.length,
    );
    const found = foldGates(touched, ids.length);
    const bias = read(cell, 'bias');
    // Without inputs, only the bias of the candidate, the third gate, can make a unit other than 0.
    const candidate = gates > 1 ? 2 : 0;
    found.forEach((one, unit) => {
      found[unit] = +(one || !keepsZero(cell) || (bias?.[candidate * ids.length + unit] ?? 0) !== 0);
    });
    const recurrent = edges('recurrentKernel')(read);
    for (let before = -1, now = 0; before !== now; ) {
      before = now;
      foldGates(reached(recurrent, found, to.length), ids.length).forEach((one, unit) => {
        found[unit] |= one;
      });
      now = found.reduce((sum, one) => sum + one, 0);
    }
    return Float64Array.from(found, (one) => (one ? Number.NaN : 0));
  };
  const linearMaps: LinearMap[] = [
    {
      from,
      values: () => values,
      to,
      edges: edges('kernel'),
      bias: isUniform(cell)
        ? {owner: cell, field: 'bias', missing: useBias ? undefined : withBias}
        : undefined,
      carriers: carriedBy(cell, 'kernel', axis),
    },
    {from: ids, values: valuesOf, to, edges: edges('recurrentKernel')},
  ];
  return {
    weightAxes: [
      weightAxis('kernel', axis, from, 'consumes'),
      weightAxis('kernel', axis + 1, to, 'produces'),
      weightAxis('recurrentKernel', axis, ids, 'consumes'),
      weightAxis('recurrentKernel', axis + 1, to, 'produces'),
      ...(useBias ? [weightAxis('bias', 0, to, 'produces')] : []),
    ],
    linearMaps,
    values: valuesOf,
  };
}

function foldGates(marked: Uint8Array, units: number): Uint8Array {
  const found = new Uint8Array(units);
  marked.forEach((one, i) => {
    found[i % units] |= one;
  });
  return found;
}

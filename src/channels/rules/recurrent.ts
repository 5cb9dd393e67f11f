import {sizeAlong} from '../../model/axes';
import type {Read} from '../../model/readAll';
import type {Layer} from '../../model/tfjs';
import {keepsZero, mixingActivation} from './activations';
import {carriedBy} from './carriers';
import {type Edges, edgesOf, marksOf, reached} from './edges';
import {fieldsOf, shapeOf, tile} from './fields';
import {isUniform} from './linear';
import {type ChannelTensor, type Propagation, type PropagationRule, pinned} from './rule';

/**
 * The rule for recurrent layers, whose units are computed from all inputs and all units in the previous step. A unit without
 * inputs keeps its initial value 0, whatever its gates are, if its activation maps 0 to 0.
 *
 * @param size The name of the number of units in the configuration.
 * @param options.inCell Whether that is an entry of the cell's configuration.
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
    const input = context.alignInput(0, isFirst ? 1 : shape.length - 1);
    const {axes, gates} = weights.kernel;
    const ids = context.channels.fresh(sizeAlong(shapeOf(cell, 'kernel'), axes.output) / gates);
    const inLayer = (config: object) => (options.inCell ? {cell: {config}} : config);
    return {
      // States have no axis of steps, and outputs only have one if they are sequences.
      outputs: context.outputs.map((output) => ({
        axis: isFirst ? output.length - 3 : output.length - 1,
        ids,
      })),
      ...propagateUnits({cell, input, ids, axis: axes.input, gates}, inLayer({use_bias: true})),
      config: (count) => inLayer({[size]: count(ids)}),
    };
  };
}

/** A recurrent layer's cell, and the channels that pass through it. */
interface Units {
  readonly cell: Layer;
  readonly input: ChannelTensor;
  readonly ids: Int32Array;
  /** The input axis in the kernel, and that of the previous units in the recurrent kernel. */
  readonly axis: number;
  readonly gates: number;
}

/** @param withBias The entries of the configuration that give the layer a bias. */
function propagateUnits(
  units: Units,
  withBias: object,
): Pick<Propagation, 'weightAxes' | 'linearMaps' | 'values'> {
  const {cell, input, ids, axis, gates} = units;
  const {useBias} = fieldsOf(cell);
  const to = tile(ids, gates);
  const values = (read: Read) => unitValues(units, read);
  const bias = {owner: cell, field: 'bias', missing: useBias ? undefined : withBias};
  return {
    weightAxes: [
      {owner: cell, field: 'kernel', axis, ids: input.ids, role: 'consumes'},
      {owner: cell, field: 'kernel', axis: axis + 1, ids: to, role: 'produces'},
      {owner: cell, field: 'recurrentKernel', axis, ids, role: 'consumes'},
      {owner: cell, field: 'recurrentKernel', axis: axis + 1, ids: to, role: 'produces'},
      ...(useBias ? [{owner: cell, field: 'bias', axis: 0, ids: to, role: 'produces' as const}] : []),
    ],
    linearMaps: [
      {
        ...{from: input.ids, values: () => input.values, to},
        edges: (read) => edgesIn(units, 'kernel', read),
        bias: isUniform(cell) ? bias : undefined,
        carriers: carriedBy(cell, 'kernel', axis),
      },
      {from: ids, values, to, edges: (read) => edgesIn(units, 'recurrentKernel', read)},
    ],
    values,
  };
}

function edgesIn({cell, axis}: Units, field: string, read: Read): Edges {
  return edgesOf(read(cell, field) as Float32Array, shapeOf(cell, field), {input: axis, output: axis + 1});
}

/** The values of the units: 0 for those that neither inputs nor a bias nor other units change, else NaN. */
function unitValues(units: Units, read: Read): Float64Array {
  const {cell, input, ids, gates} = units;
  const [count, outputs] = [ids.length, ids.length * gates];
  const reachedUnits = (field: string, marks: Uint8Array) =>
    foldGates(reached(edgesIn(units, field, read), marks, outputs), count);
  const bias = read(cell, 'bias');
  // Without inputs, only the bias of the candidate, the third gate, can make a unit other than 0.
  const candidate = gates > 1 ? 2 : 0;
  const marks = reachedUnits('kernel', marksOf(input.values)).map(
    (mark, unit) => +(mark > 0 || !keepsZero(cell) || (bias?.[candidate * count + unit] ?? 0) !== 0),
  );
  for (let before = -1, now = 0; before !== now; ) {
    before = now;
    reachedUnits('recurrentKernel', marks).forEach((mark, unit) => {
      marks[unit] |= mark;
    });
    now = marks.reduce((sum, mark) => sum + mark, 0);
  }
  return Float64Array.from(marks, (mark) => (mark ? Number.NaN : 0));
}

function foldGates(marked: Uint8Array, units: number): Uint8Array {
  const found = new Uint8Array(units);
  marked.forEach((one, i) => {
    found[i % units] |= one;
  });
  return found;
}

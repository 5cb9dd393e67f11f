import {sizeAlong} from '../../model/axes';
import type {Read} from '../../model/readAll';
import type {Layer} from '../../model/tfjs';
import {carriedBy} from './carriers';
import {linksOf} from './edges';
import {fieldsOf, keepsZero, mixingActivation, tiled} from './fields';
import {isUniform, shapeOf} from './linear';
import {type Flow, type Mix, type Passage, reached, type Slice, type Stream} from './rule';

/**
 * A recurrent layer: each unit is made of all inputs and of all units of the step before. A unit that nothing goes
 * into stays at the 0 it starts from, whatever its gates say, if its activation leaves 0 as it is.
 *
 * @param options.size What the configuration calls the number of units. @param options.inCell Whether it is that of the
 *   cell.
 */
export function recurs(size: 'units' | 'filters', options: {inCell?: true} = {}): Flow {
  return (at) => {
    const cell = fieldsOf(at.layer).cell as Layer;
    const weights = at.weightsOf(cell);
    const {stateful} = fieldsOf(at.layer);
    const reason = mixingActivation(cell);
    if (weights.kernel === undefined) return 'its cell is not known';
    if (at.inputs.length > 1) return 'its first state is given';
    if (stateful) return 'it keeps its state from call to call';
    if (reason !== undefined) return reason;

    const isFirst = fieldsOf(cell).dataFormat === 'channelsFirst';
    const [{shape}] = at.inputs;
    const input = at.along(0, isFirst ? 1 : shape.length - 1);
    const {axes, gates} = weights.kernel;
    const ids = at.channels.fresh(sizeAlong(shapeOf(cell, 'kernel'), axes.output) / gates);
    const inLayer = (config: object) => (options.inCell ? {cell: {config}} : config);
    const units = unitsOf(cell, input, ids, axes.input, gates, inLayer({use_bias: true}));
    return {
      // The states after the outputs have no steps, nor have the outputs unless they are sequences.
      outputs: at.outputs.map((output) => ({
        axis: isFirst ? output.length - 3 : output.length - 1,
        ids,
      })),
      ...units,
      config: (count) => inLayer({[size]: count(ids)}),
    };
  };
}

function unitsOf(
  cell: Layer,
  {ids: from, values}: Stream,
  ids: Int32Array,
  axis: number,
  gates: number,
  withBias: object,
): Pick<Passage, 'slices' | 'mixes' | 'values'> {
  const {useBias} = fieldsOf(cell);
  const to = tiled(ids, gates);
  const links = (field: string) => (read: Read) =>
    linksOf(read(cell, field) as Float32Array, shapeOf(cell, field), {input: axis, output: axis + 1});
  const slice = (field: string, along: number, of: Int32Array, role: Slice['role']): Slice => ({
    owner: cell,
    field,
    axis: along,
    ids: of,
    role,
  });
  const valuesOf = (read: Read) => {
    const touched = reached(
      links('kernel')(read),
      Uint8Array.from(values, (value) => +(value !== 0)),
      to.length,
    );
    const found = foldGates(touched, ids.length);
    const bias = read(cell, 'bias');
    // Of the gates only that of the candidate, the third, makes something of nothing.
    const candidate = gates > 1 ? 2 : 0;
    found.forEach((one, unit) => {
      found[unit] = +(one || !keepsZero(cell) || (bias?.[candidate * ids.length + unit] ?? 0) !== 0);
    });
    const recurrent = links('recurrentKernel')(read);
    for (let before = -1, now = 0; before !== now; ) {
      before = now;
      foldGates(reached(recurrent, found, to.length), ids.length).forEach((one, unit) => {
        found[unit] |= one;
      });
      now = found.reduce((sum, one) => sum + one, 0);
    }
    return Float64Array.from(found, (one) => (one ? Number.NaN : 0));
  };
  const mixes: Mix[] = [
    {
      from,
      values: () => values,
      to,
      links: links('kernel'),
      bias: isUniform(cell)
        ? {owner: cell, field: 'bias', missing: useBias ? undefined : withBias}
        : undefined,
      carriers: carriedBy(cell, 'kernel', axis),
    },
    {from: ids, values: valuesOf, to, links: links('recurrentKernel')},
  ];
  return {
    slices: [
      slice('kernel', axis, from, 'takes'),
      slice('kernel', axis + 1, to, 'makes'),
      slice('recurrentKernel', axis, ids, 'takes'),
      slice('recurrentKernel', axis + 1, to, 'makes'),
      ...(useBias ? [slice('bias', 0, to, 'makes')] : []),
    ],
    mixes,
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

import {copy, operandOf} from '../kernels/strided';
import {at, type Program} from '../machine/Program';
import {size, stridesOf, type Value} from '../machine/Value';
import {Config} from '../model/Config';
import {layerIn} from '../model/graph';
import type {Kind, Run} from '../model/Layer';
import {Op} from '../Op';
import {bidirectional} from './bidirectional';
import {type Cell, readCell, type Step} from './cells';
import {fill} from './shapes';

/** How a recurrent layer goes through its steps. */
interface Way {
  readonly isReversed: boolean;
  readonly returnsSequences: boolean;
}

/** The outputs and the states at the end of a cell that goes through all steps. */
function recur(
  program: Program,
  cell: Cell,
  x: Value,
  {isReversed, returnsSequences}: Way,
  initial: readonly Value[],
  mask: Value | undefined,
): {y: Value; states: Value[]} {
  const gates = cell.enter(program, x);
  const [batch, steps, ...rest] = gates.shape;
  const image = rest.slice(0, -1);
  const stateShape = [batch, ...image, cell.units];
  if (mask !== undefined && mask.shape.join() !== `${batch},${steps}`)
    throw new Error(`a mask of shape [${mask.shape}] does not fit its input of shape [${x.shape}]`);
  const states = Array.from({length: cell.states}, (_, i) => stateFrom(program, stateShape, initial[i]));
  const y = program.value([batch, returnsSequences ? steps : 1, ...image, cell.units]);
  for (let i = 0; i < steps; i++) {
    const t = isReversed ? steps - 1 - i : i;
    const parts = stepsOf(gates, t, y, returnsSequences ? i : 0);
    if (mask === undefined) cell.advance(program, parts, states);
    else advanceMasked(program, cell, parts, states, mask, t);
  }
  return {y: returnsSequences ? y : {...y, shape: stateShape}, states};
}

function stateFrom(program: Program, shape: readonly number[], initial: Value | undefined): Value {
  const state = program.value(shape);
  if (initial === undefined) fill(program, state);
  else if (initial.shape.join() !== shape.join())
    throw new Error(`a state has the shape [${initial.shape}], not [${shape}]`);
  else copy(program, shape, operandOf(initial), operandOf(state));
  return state;
}

/** A step of all examples, or, where they are images, of each by itself, as the pixels of one follow each other. */
function stepsOf(gates: Value, t: number, y: Value, to: number): Step[] {
  const [batch, , ...image] = gates.shape.slice(0, -1);
  const pixels = size(image);
  const [[n, step], [yn, yStep]] = [stridesOf(gates), stridesOf(y)];
  const [width, units] = [gates, y].map(({shape}) => 4 * shape[shape.length - 1]);
  if (image.length === 0) {
    return [{x: at(gates, t * step), xStep: n, y: at(y, to * yStep), yStep: yn, rows: batch, first: 0}];
  }
  return Array.from({length: batch}, (_, i) => ({
    x: at(gates, i * n + t * step),
    xStep: width,
    y: at(y, i * yn + to * yStep),
    yStep: units,
    rows: pixels,
    first: i * pixels,
  }));
}

/** A step after which states, and the output, are the states before it where the mask is 0. */
function advanceMasked(
  program: Program,
  cell: Cell,
  parts: readonly Step[],
  states: readonly Value[],
  mask: Value,
  t: number,
) {
  const [batch, ...rest] = states[0].shape;
  if (rest.length > 1) throw new Error('a mask is not supported');
  const before = states.map((state) => stateFrom(program, state.shape, state));
  cell.advance(program, parts, states);
  const bytes = 4 * cell.units;
  const [{y, yStep}] = parts;
  const blend = (old: Value, fresh: Step['y'], step: number) =>
    program.emit(Op.blend, at(mask, 4 * t), 4 * mask.shape[1], batch, bytes, at(old), fresh, step);
  for (const [i, state] of states.entries()) blend(before[i], at(state), bytes);
  blend(before[0], y, yStep);
}

/** A layer of one cell, or of several, each of which goes through the outputs of the one before. */
function layerOf(config: Config, cells: readonly Cell[]): Run {
  if (config.flag('stateful', false)) throw new Error('stateful is not supported');
  const returnsSequences = config.flag('return_sequences', false);
  const returnsState = config.flag('return_state', false);
  const isReversed = config.flag('go_backwards', false);
  return (program, [input, ...initial], mask) => {
    if (mask !== undefined && cells.length > 1) throw new Error('a mask of stacked cells is not supported');
    let x = input;
    const states: Value[] = [];
    for (const [i, cell] of cells.entries()) {
      const way = {
        isReversed: isReversed && i === 0,
        returnsSequences: returnsSequences || i < cells.length - 1,
      };
      const from = initial.slice(states.length, states.length + cell.states);
      const {y, states: last} = recur(program, cell, x, way, from, mask);
      x = y;
      states.push(...last);
    }
    const y = returnsSequences && input.mask !== undefined ? {...x, mask: input.mask} : x;
    return returnsState ? [y, ...states] : y;
  };
}

const single = (className: string): Kind => ({
  read: (layer) => layerOf(layer.config, [readCell(className, layer)]),
});

const rnn: Kind = {
  read: (layer) => {
    const {class_name: className, config} = layerIn(layer.config.raw('cell'));
    if (className !== 'StackedRNNCells') {
      return layerOf(layer.config, [readCell(className, layer.part(new Config(config)))]);
    }
    const cells = [config.cells].flat().map(layerIn);
    return layerOf(
      layer.config,
      cells.map((json, i) => readCell(json.class_name, layer.part(new Config(json.config), `RNNCell_${i}`))),
    );
  },
};

export const recurrents: Record<string, Kind> = {
  SimpleRNN: single('SimpleRNN'),
  LSTM: single('LSTM'),
  GRU: single('GRU'),
  ConvLSTM2D: single('ConvLSTM2D'),
  RNN: rnn,
  Bidirectional: bidirectional,
};

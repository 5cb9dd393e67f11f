import {asRows, changed} from '../kernels/layout';
import {type Address, at, type Program} from '../machine/Program';
import type {Value} from '../machine/Value';
import {plain} from '../model/Config';
import type {Layer} from '../model/Layer';
import {Op} from '../Op';
import {recurrentCode} from './activations';
import {imageProducts, products} from './cellProducts';

/** One step of some rows: the share of the input, and the place of the output, each with the bytes from a row to the next. */
export interface Step {
  readonly x: Address;
  readonly xStep: number;
  readonly y: Address;
  readonly yStep: number;
  readonly rows: number;
  /** The first of the rows, among those of the states. */
  readonly first: number;
}

/** A cell of a recurrent layer. */
export interface Cell {
  readonly units: number;
  readonly gates: number;
  /** The number of its states, of which the first is the output. */
  readonly states: number;
  /** The share of the inputs of all steps, [batch, steps, …], in the gates, in rows. */
  enter(program: Program, x: Value): Value;
  /** Adds the ops of a step, which change the states in place. */
  advance(program: Program, steps: readonly Step[], states: readonly Value[]): void;
}

type Advance = (
  program: Program,
  steps: readonly Step[],
  states: readonly Value[],
  times: (h: Value) => Value,
  cell: {units: number; activation: number; gate: number},
) => void;

/** A row of a value that has one for each row of the states. */
const row = (value: Value, {first}: Step, width: number) => at(value, 4 * first * width);

const simple: Advance = (program, steps, [h], times, {units, activation}) => {
  const z = times(h);
  for (const step of steps) {
    const {x, xStep, y, yStep, rows} = step;
    program.emit(
      Op.simple,
      x,
      xStep,
      row(z, step, units),
      rows,
      units,
      activation,
      row(h, step, units),
      y,
      yStep,
    );
  }
};

const lstm: Advance = (program, steps, [h, c], times, {units, activation, gate}) => {
  const z = times(h);
  for (const step of steps) {
    const {x, xStep, y, yStep, rows} = step;
    const states = [c, h].map((state) => row(state, step, units));
    program.emit(
      Op.lstm,
      x,
      xStep,
      row(z, step, 4 * units),
      rows,
      units,
      activation,
      gate,
      ...states,
      y,
      yStep,
    );
  }
};

const gru: Advance = (program, steps, [h], times, {units, activation, gate}) => {
  const z = times(h);
  const kept = program.value(h.shape);
  for (const step of steps) {
    const {x, xStep, rows} = step;
    const [from, to] = [h, kept].map((value) => row(value, step, units));
    program.emit(Op.reset, x, xStep, row(z, step, 3 * units), rows, units, gate, from, to);
  }
  const w = times(kept);
  for (const step of steps) {
    const {x, xStep, y, yStep, rows} = step;
    const products = [z, w].map((value) => row(value, step, 3 * units));
    program.emit(
      Op.update,
      x,
      xStep,
      ...products,
      rows,
      units,
      activation,
      gate,
      row(h, step, units),
      y,
      yStep,
    );
  }
};

const kinds: Readonly<Record<string, {gates: number; states: number; advance: Advance}>> = {
  simplernn: {gates: 1, states: 1, advance: simple},
  lstm: {gates: 4, states: 2, advance: lstm},
  gru: {gates: 3, states: 1, advance: gru},
  convlstm2d: {gates: 4, states: 2, advance: lstm},
};

/** Reads a cell, or a layer that has one. @throws if its class is none. */
export function readCell(className: string, layer: Layer): Cell {
  const name = plain(className).replace(/cell$/, '');
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) throw new Error(`the cell ${className} is not supported`);
  const {config} = layer;
  if (config.flag('reset_after', false)) throw new Error('reset_after is not supported');
  const isImages = name === 'convlstm2d';
  const codes = {
    units: config.count(isImages ? 'filters' : 'units'),
    activation: recurrentCode(config, 'activation', 'tanh'),
    gate: recurrentCode(config, 'recurrent_activation', 'hardSigmoid'),
  };
  const {units} = codes;
  const {enter, times} = (isImages ? imageProducts : products)(layer, units, kind.gates * units);
  return {
    units,
    gates: kind.gates * units,
    states: kind.states,
    enter,
    advance(program, steps, states) {
      kind.advance(program, steps, states, (h) => asRows(program, times(program, h)), codes);
      for (const state of states) changed(state);
    },
  };
}

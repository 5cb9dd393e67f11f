import {convolve} from '../kernels/convolve';
import {asRows, changed, reshape} from '../kernels/layout';
import {product} from '../kernels/product';
import {type Address, at, type Program} from '../machine/Program';
import type {Shape, Value} from '../machine/Value';
import {plain} from '../model/Config';
import type {Layer, Weight} from '../model/Layer';
import {Op} from '../Op';
import {recurrentCode} from './activations';
import {assertChannelsLast} from './axes';
import {asVolumes, bare, convolution, ending, fromVolumes, type Moves, movesOf, windowOn} from './products';

/** One step of some rows: what the input adds, and where the output goes, each with the bytes from a row to the next. */
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
  /** What the inputs of all steps, [batch, steps, …], add to the gates, in rows. */
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

/** The products of a cell: with its inputs, with the bias, and with its output at the step before. */
interface Products {
  enter(program: Program, x: Value): Value;
  times(program: Program, h: Value): Value;
}

/** The bias of a cell belongs to its gates, before their activations. */
const gatesOf = (layer: Layer, kernel: Weight, gates: number) => {
  const {factor} = ending({...layer, after: {activation: {name: 'linear'}}}, kernel.values, gates);
  return {...factor, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY};
};

function products(layer: Layer, units: number, gates: number): Products {
  const [kernel, recurrent] = [layer.weight('kernel', 2), layer.weight('recurrent_kernel', 2)];
  assertShape(kernel, [kernel.shape[0], gates]);
  assertShape(recurrent, [units, gates]);
  const entering = gatesOf(layer, kernel, gates);
  const {factor} = bare(recurrent, gates);
  return {
    enter(program, x) {
      if (x.shape.length !== 3 || x.shape[2] !== kernel.shape[0]) {
        throw new Error(`its input has the shape [${x.shape}], not [batch, steps, ${kernel.shape[0]}]`);
      }
      return asRows(program, product(program, x, entering));
    },
    times: (program, h) => product(program, h, factor),
  };
}

function imageProducts(layer: Layer, units: number, gates: number): Products {
  const {config} = layer;
  assertChannelsLast(config);
  const [kernel, recurrent] = [layer.weight('kernel', 4), layer.weight('recurrent_kernel', 4)];
  const moves = movesOf(config, 2, kernel.shape);
  assertShape(kernel, [...kernel.shape.slice(0, 3), gates]);
  assertShape(recurrent, [...recurrent.shape.slice(0, 2), units, gates]);
  const entering = convolution(2, moves, kernel.shape[2], {factor: gatesOf(layer, kernel, gates)});
  const again: Moves = {
    windows: recurrent.shape.slice(0, 2),
    strides: [1, 1],
    dilations: [1, 1],
    padding: 'same',
  };
  const {factor} = bare(recurrent, gates);
  return {
    enter(program, x) {
      const [batch, steps, ...image] = x.shape;
      if (image.length !== 3) throw new Error(`its input has the shape [${x.shape}], not 5 axes`);
      const y = entering(program, reshape(program, x, [batch * steps, ...image]));
      return asRows(program, reshape(program, y, [batch, steps, ...y.shape.slice(1)]));
    },
    times(program, h) {
      const x = asVolumes(program, h, 2);
      return fromVolumes(program, convolve(program, x, windowOn(x, again), factor), 2);
    },
  };
}

function assertShape({shape}: Weight, right: Shape): void {
  if (shape.join() !== right.join()) throw new Error(`a kernel has the shape [${shape}], not [${right}]`);
}

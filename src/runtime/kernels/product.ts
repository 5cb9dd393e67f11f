import {at, float, type Program} from '../machine/Program';
import {pitchOf, pixelsOf, type Value} from '../machine/Value';
import {Op} from '../Op';
import {asPlanes, asRows} from './layout';
import {countBlocks, type Matrix, writeList} from './list';

/** A matrix with its bias and bounds: y = clamp(bias + x · matrix). */
export interface Factor extends Matrix {
  /** A value for each output. */
  readonly bias: Float32Array;
  readonly low: number;
  readonly high: number;
}

/** Up to how many rows are multiplied one by one. */
const FEW = 3;

// The instructions of a loop for a block.
const ROW_COSTS = {1: 4, 4: 5} as const;
const DENSE_COST = 3 / 4;
const PLANE_COSTS = {1: 14, 2: 23} as const;

/** The product of the last axis of a value and a matrix. */
export function product(program: Program, x: Value, factor: Factor): Value {
  const shape = [...x.shape.slice(0, -1), factor.outputs];
  const pixels = pixelsOf(x.shape);
  if (pixels <= FEW) return productOfRows(program, x, factor, shape);
  const from = asPlanes(program, x);
  const y = program.value(shape, 'planes');
  const pitch = pitchOf(pixels);
  const blockSize = blockSizeFor(program, factor);
  const list = program.constants.once(factor, `planes ${pitch}`, () =>
    writeList(program.constants, factor, blockSize, steps(factor, pitch)),
  );
  const window = [1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 1];
  const weights = [
    list.address,
    list.groups,
    blockSize,
    program.constants.address(factor.bias),
    ...clampOf(factor),
  ];
  const images = [pitch, 1, 1, 1, pixels, factor.values.length / factor.outputs];
  program.emit(
    Op.convolve,
    at(from),
    ...images,
    ...window,
    ...weights,
    at(y),
    pitch,
    1,
    1,
    pixels,
    1,
    0,
    0,
    0,
  );
  return y;
}

function productOfRows(program: Program, x: Value, factor: Factor, shape: number[]): Value {
  const {constants} = program;
  const {outputs, values, bias} = factor;
  const inputs = values.length / outputs;
  const rows = pixelsOf(shape);
  const from = asRows(program, x);
  const y = program.value(shape);
  const after = [constants.address(bias), ...clampOf(factor)];
  const blockSize = constants.once(factor, 'rows', () => rowSizeFor(factor));
  if (blockSize === undefined) {
    program.emit(
      Op.gemv,
      at(from),
      inputs,
      constants.address(values, factor),
      outputs,
      ...after,
      at(y),
      rows,
    );
    return y;
  }
  const {address, groups} = constants.once(factor, 'rows list', () =>
    writeList(constants, factor, blockSize, steps(factor, 4), blockSize === 1),
  );
  const op = blockSize === 1 ? Op.rows : Op.rowsBy4;
  program.emit(op, at(from), 4 * inputs, address, groups, ...after, at(y), 4 * outputs, rows);
  return y;
}

/** The size of the blocks that a row is multiplied by in the least time, or undefined if that is all weights. */
function rowSizeFor(factor: Factor): 1 | 4 | undefined {
  const costs = {
    1: ROW_COSTS[1] * countBlocks(factor, 1),
    4: ROW_COSTS[4] * countBlocks(factor, 4),
    all: DENSE_COST * factor.values.length,
  };
  if (Math.min(costs[1], costs[4]) >= costs.all) return undefined;
  return costs[1] <= costs[4] ? 1 : 4;
}

/** The size of the blocks that planes are multiplied by in the least time. */
export function blockSizeFor({constants}: Program, matrix: Matrix): 1 | 2 {
  return constants.once(matrix, 'block size', () =>
    PLANE_COSTS[1] * countBlocks(matrix, 1) <= PLANE_COSTS[2] * countBlocks(matrix, 2) ? 1 : 2,
  );
}

/** The bounds of outputs, as arguments. */
export const clampOf = ({low, high}: Factor): number[] => [float(low), float(high)];

/** The places of inputs that lie some bytes apart. */
function steps({values, outputs}: Matrix, bytes: number): Int32Array {
  return new Int32Array(values.length / outputs).map((_, input) => input * bytes);
}

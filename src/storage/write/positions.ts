import {ALL, BITMAP, GAPS, matrixOf} from '../format';
import {writeBitmap} from './bitmap';
import {riceCost, writeGaps} from './gaps';
import {choicesOf, costOf, everyPosition, flagsOf, type Lines, sizeWithin, within, writeLines} from './lines';
import type {Writer} from './Writer';

/** The cost of a coding in bits, and a function that writes it. */
interface Plan {
  readonly form: number;
  readonly bits: number;
  readonly write: (writer: Writer) => void;
}

/** A coding for nonzero positions among `size` elements. */
type Coding = (positions: Uint32Array, size: number, width: number) => Plan;

const all: Coding = (positions, size, width) => ({
  form: ALL,
  // Zeros are written as values, and so cost as many bits.
  bits: positions.length === size ? 0 : (size - positions.length) * width,
  write: () => {},
});

const bitmap: Coding = (positions, size) => ({
  form: BITMAP,
  bits: size,
  write: (writer) => writeBitmap(writer, positions, size),
});

const gaps: Coding = (positions) => {
  const cost = riceCost(positions);
  // Includes the nine bytes before the codes.
  return {form: GAPS, bits: cost.bits + 72, write: (writer) => writeGaps(writer, positions, cost)};
};

/**
 * Writes the positions of a tensor's nonzero elements in the shortest coding, with or without listing its nonempty rows
 * and columns.
 *
 * @param positions The positions of these elements, ascending.
 * @param width The bits per value; Infinity if values cannot be zero.
 * @returns the positions of the values to write next.
 */
export function writePositions(
  writer: Writer,
  positions: Uint32Array,
  shape: readonly number[],
  width: number,
): Uint32Array {
  const matrix = matrixOf(shape);
  const isFull = positions.length === matrix.rows * matrix.columns;
  const plans = (isFull ? [{}] : choicesOf(positions, matrix)).flatMap((lines: Lines) => {
    const inside = within(positions, lines, matrix);
    return (isFull ? [all] : [all, bitmap, gaps]).map((coding) => {
      const plan = coding(inside, sizeWithin(lines, matrix), width);
      return {plan, lines, bits: plan.bits + costOf(lines, matrix)};
    });
  });
  const {plan, lines} = plans.reduce((least, next) => (next.bits < least.bits ? next : least));
  writer.u8(plan.form | flagsOf(lines));
  writeLines(writer, lines, matrix);
  plan.write(writer);
  return plan.form === ALL && !isFull ? everyPosition(lines, matrix) : positions;
}

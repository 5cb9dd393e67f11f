import {ALL, BITMAP, GAPS, matrixOf} from '../format';
import {writeBitmap} from './bitmap';
import {riceCost, writeGaps} from './gaps';
import {choicesOf, costOf, everyPosition, flagsOf, type Lines, sizeWithin, within, writeLines} from './lines';
import type {Writer} from './Writer';

/** What a coding takes in bits, and how it is written. */
interface Plan {
  readonly form: number;
  readonly bits: number;
  readonly write: (writer: Writer) => void;
}

/** A coding of the positions of what is not zero among `size` elements. */
type Coding = (positions: Uint32Array, size: number, width: number) => Plan;

const all: Coding = (positions, size, width) => ({
  form: ALL,
  // Zeros have a value like all others, which is what they cost.
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
  // With the nine bytes before the codes.
  return {form: GAPS, bits: cost.bits + 72, write: (writer) => writeGaps(writer, positions, cost)};
};

/**
 * Writes which elements of a tensor are not zero: of all codings, each with and without the rows and columns that are
 * empty, in the shortest.
 *
 * @param positions Of these elements, ascending.
 * @param width The bits of a value; Infinity if a value cannot be zero.
 * @returns the positions of the values that are to follow.
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

import {COLUMNS, type Matrix, ROWS} from '../format';
import {writeBitmap} from './bitmap';
import type {Writer} from './Writer';

/** Some rows and columns of a matrix, ascending; undefined means all. */
export interface Lines {
  readonly rows?: Uint32Array;
  readonly columns?: Uint32Array;
}

/** The ways to leave out rows and columns without positions: rows, columns, both, neither. */
export function choicesOf(positions: Uint32Array, matrix: Matrix): Lines[] {
  const rows = new Uint8Array(matrix.rows);
  const columns = new Uint8Array(matrix.columns);
  let row = 0;
  let start = 0;
  for (let i = 0; i < positions.length; i++) {
    for (; positions[i] >= start + matrix.columns; start += matrix.columns) {
      row++;
    }
    rows[row] = 1;
    columns[positions[i] - start] = 1;
  }
  return choices(rows).flatMap((some) => choices(columns).map((others) => ({rows: some, columns: others})));
}

function choices(used: Uint8Array): (Uint32Array | undefined)[] {
  const listed = new Uint32Array(used.length);
  let count = 0;
  for (let line = 0; line < used.length; line++) {
    listed[count] = line;
    count += used[line];
  }
  return count === used.length ? [undefined] : [undefined, listed.slice(0, count)];
}

/** Maps positions on these lines to positions in the matrix of these lines only. */
export function within(positions: Uint32Array, {rows, columns}: Lines, matrix: Matrix): Uint32Array {
  if (rows === undefined && columns === undefined) {
    return positions;
  }
  const [row, column] = [ranksOf(rows, matrix.rows), ranksOf(columns, matrix.columns)];
  const narrow = columns?.length ?? matrix.columns;
  return positions.map((position) => {
    const at = Math.floor(position / matrix.columns);
    return row[at] * narrow + column[position - at * matrix.columns];
  });
}

/** All positions on these lines. */
export function everyPosition({rows, columns}: Lines, matrix: Matrix): Uint32Array {
  const [row, column] = [rows ?? indices(matrix.rows), columns ?? indices(matrix.columns)];
  const every = new Uint32Array(row.length * column.length);
  let i = 0;
  for (const at of row) {
    for (let j = 0; j < column.length; j++) {
      every[i++] = at * matrix.columns + column[j];
    }
  }
  return every;
}

export const sizeWithin = ({rows, columns}: Lines, matrix: Matrix) =>
  (rows?.length ?? matrix.rows) * (columns?.length ?? matrix.columns);

/** The cost of listing these lines, in bits. */
export const costOf = ({rows, columns}: Lines, matrix: Matrix) =>
  (rows ? matrix.rows : 0) + (columns ? matrix.columns : 0);

export const flagsOf = ({rows, columns}: Lines) => (rows ? ROWS : 0) | (columns ? COLUMNS : 0);

export function writeLines(writer: Writer, {rows, columns}: Lines, matrix: Matrix): void {
  if (rows) {
    writeBitmap(writer, rows, matrix.rows);
  }
  if (columns) {
    writeBitmap(writer, columns, matrix.columns);
  }
}

function ranksOf(lines: Uint32Array | undefined, count: number): Uint32Array {
  const ranks = indices(count);
  lines?.forEach((line, rank) => {
    ranks[line] = rank;
  });
  return ranks;
}

const indices = (count: number) => new Uint32Array(count).map((_, i) => i);

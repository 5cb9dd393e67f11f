/**
 * The positions of the ones in a matrix of bits: where each row begins in the list of columns, and where the last one ends;
 * the same for the ones of each column, in the order of columns; then the list of columns.
 */
export function positionsOf(bits: Uint8Array, rows: number, columns: number, count: number): Int32Array {
  const words = new Int32Array(headOf(rows, columns) + count);
  const counts = words.subarray(rows + 1, headOf(rows, columns));
  const list = words.subarray(headOf(rows, columns));
  let found = 0;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (bits[at++] === 0) continue;
      list[found++] = column;
      counts[column + 1]++;
    }
    words[row + 1] = found;
  }
  for (let column = 0; column < columns; column++) counts[column + 1] += counts[column];
  return words;
}

/** The words before the list of columns. */
export const headOf = (rows: number, columns: number) => rows + columns + 2;

/** How many bits are 1. */
export function countOnes(bits: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bits.length; i++) count += bits[i];
  return count;
}

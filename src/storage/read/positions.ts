import {ALL, BITMAP, CODING, COLUMNS, GAPS, matrixOf, ROWS} from '../format';
import {readGaps} from './gaps';
import {damaged, type Reader} from './Reader';

/** Reads the positions of the values that follow in a tensor of a given shape; undefined for all. */
export function readPositions(reader: Reader, shape: readonly number[]): Uint32Array | undefined {
  const form = reader.u8();
  const matrix = matrixOf(shape);
  const rows = form & ROWS ? readBitmap(reader, matrix.rows) : undefined;
  const columns = form & COLUMNS ? readBitmap(reader, matrix.columns) : undefined;
  const narrow = columns?.length ?? matrix.columns;
  const read = codings[form & CODING];
  if (read === undefined || form > (CODING | ROWS | COLUMNS)) {
    throw damaged(`positions of the unknown form ${form}`);
  }
  const count = (rows?.length ?? matrix.rows) * narrow;
  const places = read(reader, count);
  if (rows === undefined && columns === undefined) return places;
  const positions = places ?? new Uint32Array(count);
  for (let i = 0; i < positions.length; i++) {
    const place = places === undefined ? i : places[i];
    const row = Math.floor(place / narrow);
    const column = place - row * narrow;
    positions[i] = (rows?.[row] ?? row) * matrix.columns + (columns?.[column] ?? column);
  }
  return positions;
}

const codings = {[ALL]: assertAll, [BITMAP]: readBitmap, [GAPS]: readGaps} as Record<
  number,
  ((reader: Reader, size: number) => Uint32Array | undefined) | undefined
>;

function assertAll(reader: Reader, size: number): undefined {
  // Each value takes at least one bit.
  if (size > reader.left * 8) {
    throw damaged(`${size} values in ${reader.left} bytes`);
  }
}

function readBitmap(reader: Reader, size: number): Uint32Array {
  const bytes = reader.take(Math.ceil(size / 8));
  const positions = new Uint32Array(bytes.length * 8);
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    for (let bits = bytes[i]; bits !== 0; count++) {
      const place = Math.clz32(bits) - 24;
      positions[count] = i * 8 + place;
      bits ^= 128 >> place;
    }
  }
  if (count > 0 && positions[count - 1] >= size) {
    throw damaged('a bitmap beyond the end of a tensor');
  }
  return positions.subarray(0, count);
}

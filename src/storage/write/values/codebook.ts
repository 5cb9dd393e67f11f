import {sizeOf} from '../../format';
import {meansOf, nearest} from '../means';
import {writeSymbols} from '../symbols';
import {floatsOf, type ValueKind} from './values';

/** A value as one of 2^bits that its tensor has, those that k-means finds. */
export const codebook = (bits: number): ValueKind => ({
  id: 4,
  width: bits,
  keepsZero: false,
  isLossless: false,
  limit: 0x7f800000,
  // Zeros are no entry, so that positions may take a bit an element more.
  overhead: (shape) => 2 + 4 * 2 ** bits + sizeOf(shape) / 8 + 1,
  write: (writer, valued) => {
    const values = floatsOf(valued);
    const entries = meansOf(values, 2 ** bits);
    writer.u8(entries.length - 1);
    writer.add(new Uint8Array(entries.buffer));
    writeSymbols(writer, nearest(values, entries));
  },
});

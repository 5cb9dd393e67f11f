import {size} from '../../../model/axes';
import {meansOf, nearest} from '../means';
import {writeSymbols} from '../symbols';
import {floatsOf, type ValueKind} from './values';

/** Values as indices into a codebook of 2^bits entries per tensor, found by k-means. */
export const codebook = (bits: number): ValueKind => ({
  id: 4,
  width: bits,
  keepsZero: false,
  isLossless: false,
  limit: 0x7f800000,
  // Zeros are not in the codebook, so positions may take one more bit per element.
  overhead: (shape) => 2 + 4 * 2 ** bits + size(shape) / 8 + 1,
  write: (writer, valued) => {
    const values = floatsOf(valued);
    const entries = meansOf(values, 2 ** bits);
    writer.u8(entries.length - 1);
    writer.add(new Uint8Array(entries.buffer));
    writeSymbols(writer, nearest(values, entries));
  },
});

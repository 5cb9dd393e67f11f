import {toHalf} from '../half';
import {writeSymbols} from '../symbols';
import type {ValueKind} from './values';

/** The nearest half float, rotated by one bit like a float32, so that exponent and high fraction form a byte of low entropy. */
export const float16: ValueKind = {
  id: 2,
  width: 16,
  keepsZero: true,
  isLossless: false,
  limit: 0x477ff000, // 65520
  overhead: () => 1,
  write: (writer, {bits}) => {
    const high = new Uint8Array(bits.length);
    const low = new Uint8Array(bits.length);
    for (let i = 0; i < bits.length; i++) {
      const half = toHalf(bits[i]);
      high[i] = half >>> 7;
      low[i] = (half << 1) | (half >>> 15);
    }
    writeSymbols(writer, high);
    writer.add(low);
  },
};

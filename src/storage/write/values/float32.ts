import {writeSymbols} from '../symbols';
import type {ValueKind} from './values';

/**
 * All bits of a value, rotated by one so that the exponent is a byte. Exponents have low entropy and get Huffman codes; sign
 * and fraction look random and are stored raw in three bytes.
 */
export const float32: ValueKind = {
  id: 1,
  width: 32,
  keepsZero: true,
  isLossless: true,
  limit: 0x80000000,
  overhead: () => 0,
  write: (writer, {bits}) => {
    const exponents = new Uint8Array(bits.length);
    const rest = new Uint8Array(3 * bits.length);
    for (let i = 0; i < bits.length; i++) {
      const turned = (bits[i] << 1) | (bits[i] >>> 31);
      exponents[i] = turned >>> 24;
      rest[3 * i] = turned;
      rest[3 * i + 1] = turned >>> 8;
      rest[3 * i + 2] = turned >>> 16;
    }
    writeSymbols(writer, exponents);
    writer.add(rest);
  },
};

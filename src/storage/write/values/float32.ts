import {writeSymbols} from '../symbols';
import type {ValueKind} from './values';

/**
 * All bits of a value. It is turned by one bit, so that the exponent is a byte, of which a layer has few; sign and
 * fraction, which look random, are three bytes as they are.
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

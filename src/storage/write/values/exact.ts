import {size} from '../../../model/axes';
import {writeSymbols} from '../symbols';
import {float16} from './float16';
import {int8} from './int8';
import type {ValueKind} from './values';

/** The maximum number of codebook entries. */
const MOST = 256;

/** A lossless codebook, of a tensor's distinct values. */
export const exactCodebook: ValueKind = {
  id: 4,
  width: 8,
  keepsZero: false,
  isLossless: true,
  limit: 0x80000000,
  overhead: (shape) => 2 + 4 * MOST + size(shape) / 8 + 1,
  write: (writer, {bits}) => {
    const {entries, symbols} = distinct(bits) as Distinct;
    writer.u8(entries.length - 1);
    writer.add(new Uint8Array(entries.buffer));
    writeSymbols(writer, symbols);
  },
};

/** Lossless half floats, for values that are half floats. */
export const exactFloat16: ValueKind = {...float16, isLossless: true};

/** Lossless multiples of a scale per channel, for values that are that. */
export const exactInt8: ValueKind = {...int8, isLossless: true};

interface Distinct {
  readonly entries: Uint32Array<ArrayBuffer>;
  readonly symbols: Uint8Array;
}

/** The distinct values other than +0, and the index of each value; undefined if there are too many, or one is NaN. */
export function distinct(bits: Uint32Array): Distinct | undefined {
  // A hash table with four slots per entry; each slot holds the entry's index plus 1.
  const places = new Uint16Array(4 * MOST);
  const entries = new Uint32Array(MOST);
  const symbols = new Uint8Array(bits.length);
  let count = 0;
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i];
    if (value === 0) {
      continue;
    }
    let place = Math.imul(value, 0x9e3779b1) >>> 22;
    while (places[place] !== 0 && entries[places[place] - 1] !== value) {
      place = (place + 1) % places.length;
    }
    if (places[place] === 0) {
      if (count === MOST || (value & 0x7fffffff) > 0x7f800000) {
        return undefined;
      }
      entries[count++] = value;
      places[place] = count;
    }
    symbols[i] = places[place] - 1;
  }
  return {entries: entries.slice(0, count), symbols};
}

/** Whether all values are exactly half floats. */
export function areHalves(bits: Uint32Array): boolean {
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i] & 0x7fffffff;
    const exponent = magnitude >>> 23;
    // Below 2^-14, which has exponent 113 in float32, half floats lose one bit per power of two.
    const lost = exponent >= 113 ? 13 : 126 - exponent;
    const fits = lost <= 24 && ((magnitude | 0x800000) & ((1 << lost) - 1)) === 0 && exponent <= 142;
    if (magnitude !== 0 && !fits) {
      return false;
    }
  }
  return true;
}

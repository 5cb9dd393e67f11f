import {CODED, codesOf, LONGEST, STORED} from '../codes';
import {inBlocks} from '../inBlocks';
import {damaged, type Reader} from './Reader';

export function readSymbols(reader: Reader, count: number): Uint8Array {
  const form = reader.u8();
  if (form === STORED) {
    return reader.take(count);
  }
  if (form !== CODED) {
    throw damaged(`symbols of the unknown form ${form}`);
  }
  const [table, longest] = readTable(reader);
  const {view, end} = reader.bits(reader.u32());
  // Each symbol takes at least one bit.
  if (count > end) {
    throw damaged(`${count} symbols in ${end} bits`);
  }
  const symbols = new Uint8Array(count);
  let bit = 0;
  inBlocks(count, (from, to) => {
    bit = readBlock(view, bit, end, table, 32 - longest, symbols.subarray(from, to));
  });
  if (bit <= end - 8) {
    throw damaged('more Huffman codes than symbols');
  }
  return symbols;
}

/** Decodes symbols; returns the bit at which their codes end. */
function readBlock(
  view: DataView,
  start: number,
  end: number,
  table: Uint16Array,
  shift: number,
  symbols: Uint8Array,
): number {
  let bit = start;
  for (let i = 0; i < symbols.length; i++) {
    const entry = table[(view.getUint32(bit >>> 3) << (bit & 7)) >>> shift];
    symbols[i] = entry;
    bit += entry >>> 8;
    if (bit > end || entry === 0) {
      throw damaged('a Huffman code that does not exist');
    }
  }
  return bit;
}

/** A lookup table from a code's first bits to its symbol + 256 · its length, and the number of these bits. */
function readTable(reader: Reader): [Uint16Array, number] {
  const [first, last] = [reader.u8(), reader.u8()];
  const nibbles = reader.take(Math.max(0, last - first + 2) >> 1);
  const lengths = new Uint8Array(256);
  let used = 0;
  for (let symbol = first; symbol <= last; symbol++) {
    const place = symbol - first;
    const length = (nibbles[place >> 1] >> (place & 1 ? 0 : 4)) & 15;
    lengths[symbol] = length;
    used += length > 0 ? 2 ** (LONGEST - length) : 0;
  }
  const longest = Math.max(...lengths);
  // A single symbol has a code of one bit.
  if (longest > LONGEST || (used !== 2 ** LONGEST && (longest !== 1 || used !== 2 ** (LONGEST - 1)))) {
    throw damaged('lengths that are not those of a Huffman code');
  }
  const table = new Uint16Array(2 ** longest);
  codesOf(lengths).forEach((code, symbol) => {
    const after = longest - lengths[symbol];
    if (lengths[symbol] > 0) {
      table.fill((lengths[symbol] << 8) | symbol, code << after, (code + 1) << after);
    }
  });
  return [table, longest];
}

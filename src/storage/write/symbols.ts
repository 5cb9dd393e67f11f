import {CODED, codesOf, LONGEST, STORED} from '../codes';
import {BitWriter} from './BitWriter';
import type {Writer} from './Writer';

/** Writes bytes as Huffman codes, or raw if that is shorter. */
export function writeSymbols(writer: Writer, symbols: Uint8Array): void {
  const counts = new Uint32Array(256);
  for (let i = 0; i < symbols.length; i++) {
    counts[symbols[i]]++;
  }
  const used = [...counts.keys()].filter((symbol) => counts[symbol] > 0);
  const [first, last] = [used[0], used[used.length - 1]];
  const lengths = lengthsOf(counts, used);
  const bits = used.reduce((sum, symbol) => sum + lengths[symbol] * counts[symbol], 0);
  const nibbles = new Uint8Array((last - first + 2) >> 1);
  if (6 + nibbles.length + bits / 8 >= symbols.length) {
    writer.u8(STORED);
    writer.add(symbols);
    return;
  }
  for (const symbol of used) {
    nibbles[(symbol - first) >> 1] |= lengths[symbol] << ((symbol - first) & 1 ? 0 : 4);
  }
  const codes = codesOf(lengths);
  const coded = new BitWriter(bits);
  for (let i = 0; i < symbols.length; i++) {
    coded.put(codes[symbols[i]], lengths[symbols[i]]);
  }
  writer.u8(CODED, first, last);
  writer.add(nibbles);
  writer.u32(Math.ceil(bits / 8));
  writer.add(coded.end());
}

/** The code lengths of a Huffman tree; flattens the counts until no code is too long. */
function lengthsOf(counts: Uint32Array, used: number[]): Uint8Array {
  const lengths = new Uint8Array(256);
  const trees = used.map((symbol) => ({count: counts[symbol], symbols: [symbol]}));
  trees.sort((a, b) => b.count - a.count);
  if (used.length === 1) {
    lengths[used[0]] = 1;
  }
  while (trees.length > 1) {
    const [b, a] = trees.splice(-2);
    const tree = {count: a.count + b.count, symbols: [...a.symbols, ...b.symbols]};
    for (const symbol of tree.symbols) {
      lengths[symbol]++;
    }
    const at = trees.findIndex(({count}) => count < tree.count);
    trees.splice(at < 0 ? trees.length : at, 0, tree);
  }
  const isTooLong = Math.max(...lengths) > LONGEST;
  return isTooLong
    ? lengthsOf(
        counts.map((count) => (count + 1) >> 1),
        used,
      )
    : lengths;
}

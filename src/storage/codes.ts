// Canonical Huffman codes: the lengths alone say them. Shorter codes come first, those of one length in the order of
// their symbols.

/** The longest code, so that one look into a small table reads it. */
export const LONGEST = 12;

/** How symbols are written: a byte each, or in codes. */
export const STORED = 0;
export const CODED = 1;

export function codesOf(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(256);
  let next = 0;
  for (let length = 1; length <= LONGEST; length++) {
    next <<= 1;
    for (let symbol = 0; symbol < 256; symbol++) {
      if (lengths[symbol] === length) {
        codes[symbol] = next++;
      }
    }
  }
  return codes;
}

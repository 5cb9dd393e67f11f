// Canonical Huffman codes, which the lengths alone determine: shorter codes come first, codes of one length in the order of
// their symbols.

/** The maximum length of a code, so that a small lookup table decodes it. */
export const LONGEST = 12;

/** The forms of symbols: one byte each, or Huffman codes. */
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

/** The longest match of the format. */
const LONGEST = 258;

/** How many matches are tried at each position. */
const TRIES = 64;

/**
 * Deflates a text of a few kilobytes whose window begins with a dictionary (RFC 1951): the shortest sequence of literals and matches in
 * one block of fixed Huffman codes. The platform's compression takes no dictionary.
 */
export function deflateWith(dictionary: Uint8Array, text: Uint8Array): Uint8Array {
  const all = new Uint8Array(dictionary.length + text.length);
  all.set(dictionary);
  all.set(text, dictionary.length);
  const bits = new LowBits(all.length + 16);
  // The final block, with fixed codes.
  bits.put(3, 3);
  const steps = shortest(all, dictionary.length);
  for (let at = dictionary.length; at < all.length; ) {
    const {length, distance} = steps[at - dictionary.length];
    if (length === 1) {
      bits.code(all[at]);
    } else {
      const [code, extra, rest] = lengthCode(length);
      bits.code(code);
      bits.put(rest, extra);
      const [far, more, left] = distanceCode(distance);
      bits.reversed(far, 5);
      bits.put(left, more);
    }
    at += length;
  }
  bits.code(256);
  return bits.end();
}

/** A literal, of length 1, or a match. */
interface Step {
  length: number;
  distance: number;
}

/** The step at each position from `start` on, with which the rest takes the fewest bits. */
function shortest(all: Uint8Array, start: number): Step[] {
  const before = previous(all);
  const costs = new Float64Array(all.length - start + 1);
  const steps: Step[] = [];
  for (let at = all.length - 1; at >= start; at--) {
    const i = at - start;
    costs[i] = costs[i + 1] + (all[at] < 144 ? 8 : 9);
    steps[i] = {length: 1, distance: 0};
    let longest = 2;
    let from = before[at];
    for (let tries = 0; tries < TRIES && longest < LONGEST && from >= 0; tries++, from = before[from]) {
      const length = matchLength(all, from, at);
      const far = 5 + distanceCode(at - from)[1];
      for (let some = longest + 1; some <= length; some++) {
        const [code, extra] = lengthCode(some);
        const cost = costs[i + some] + (code < 280 ? 7 : 8) + extra + far;
        if (cost < costs[i]) {
          costs[i] = cost;
          steps[i] = {length: some, distance: at - from};
        }
      }
      longest = Math.max(longest, length);
    }
  }
  return steps;
}

/** For each position the previous one where the same three bytes begin, or −1. */
function previous(all: Uint8Array): Int32Array {
  const latest = new Map<number, number>();
  const before = new Int32Array(all.length).fill(-1);
  for (let at = 0; at + 2 < all.length; at++) {
    const three = (all[at] << 16) | (all[at + 1] << 8) | all[at + 2];
    before[at] = latest.get(three) ?? -1;
    latest.set(three, at);
  }
  return before;
}

function matchLength(all: Uint8Array, from: number, at: number): number {
  const most = Math.min(LONGEST, all.length - at);
  let length = 3;
  while (length < most && all[from + length] === all[at + length]) {
    length++;
  }
  return length;
}

/** The code of a match's length, the number of bits that follow it, and these. */
function lengthCode(length: number): [number, number, number] {
  const rest = length - 3;
  if (length === LONGEST) return [285, 0, 0];
  const extra = rest < 8 ? 0 : 29 - Math.clz32(rest);
  return [257 + 4 * extra + (rest >> extra), extra, rest & (2 ** extra - 1)];
}

function distanceCode(distance: number): [number, number, number] {
  const rest = distance - 1;
  const extra = rest < 4 ? 0 : 30 - Math.clz32(rest);
  return [2 * extra + (rest >> extra), extra, rest & (2 ** extra - 1)];
}

/** Writes bits from the lowest to the highest of each byte. */
class LowBits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(length: number) {
    this.#bytes = new Uint8Array(2 * length);
  }

  put(value: number, width: number): void {
    for (let bit = 0; bit < width; bit++, this.#at++) {
      this.#bytes[this.#at >> 3] |= ((value >> bit) & 1) << (this.#at & 7);
    }
  }

  /** A Huffman code begins with its highest bit. */
  reversed(code: number, width: number): void {
    for (let bit = width - 1; bit >= 0; bit--) {
      this.put((code >> bit) & 1, 1);
    }
  }

  /** The fixed code of a literal or length. */
  code(symbol: number): void {
    if (symbol < 144) this.reversed(0x30 + symbol, 8);
    else if (symbol < 256) this.reversed(0x190 + symbol - 144, 9);
    else if (symbol < 280) this.reversed(symbol - 256, 7);
    else this.reversed(0xc0 + symbol - 280, 8);
  }

  end(): Uint8Array {
    return this.#bytes.slice(0, Math.ceil(this.#at / 8));
  }
}

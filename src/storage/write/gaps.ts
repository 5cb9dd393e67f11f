import {LARGEST_K} from '../format';
import {BitWriter} from './BitWriter';
import type {Writer} from './Writer';

// Rice codes (Golomb 1966, Rice 1979) of the gaps, the numbers of zeros before each element: ⌊gap / 2^k⌋ as that many 0 bits
// and a 1, then the remainder in k bits. For independent zeros they are within a few percent of the entropy.

/** The k with the shortest codes, and their length in bits. */
export function riceCost(positions: Uint32Array): {k: number; bits: number} {
  let best = {k: 0, bits: Number.POSITIVE_INFINITY};
  for (let k = 0; k <= LARGEST_K; k++) {
    let bits = positions.length * (k + 1);
    let next = 0;
    for (let i = 0; i < positions.length; i++) {
      bits += (positions[i] - next) >>> k;
      next = positions[i] + 1;
    }
    // The sum is convex in k.
    if (bits >= best.bits) {
      break;
    }
    best = {k, bits};
  }
  return best;
}

/** Writes the number of positions, k, the length of the codes in bytes, and the codes. */
export function writeGaps(
  writer: Writer,
  positions: Uint32Array,
  {k, bits}: {k: number; bits: number},
): void {
  const coded = new BitWriter(bits);
  const rest = 2 ** k - 1;
  let next = 0;
  for (let i = 0; i < positions.length; i++) {
    const gap = positions[i] - next;
    next = positions[i] + 1;
    let zeros = gap >>> k;
    for (; zeros >= 24; zeros -= 24) {
      coded.put(0, 24);
    }
    coded.put(1, zeros + 1);
    coded.put(gap & rest, k);
  }
  writer.u32(positions.length);
  writer.u8(k);
  writer.u32(Math.ceil(bits / 8));
  writer.add(coded.end());
}

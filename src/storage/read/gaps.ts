import {LARGEST_K} from '../format';
import {inBlocks} from '../inBlocks';
import {damaged, type Reader} from './Reader';

/** Decodes positions from the Rice codes of the gaps between them. @throws if codes are missing, left over, or exceed `size`. */
export function readGaps(reader: Reader, size: number): Uint32Array {
  const [count, k] = [reader.u32(), reader.u8()];
  const {view, end} = reader.bits(reader.u32());
  // Each code takes at least k + 1 bits.
  if (k > LARGEST_K || count * (k + 1) > end) {
    throw damaged(`${count} gaps with k = ${k} in ${end} bits`);
  }
  const positions = new Uint32Array(count);
  let bit = 0;
  inBlocks(count, (from, to) => {
    bit = readBlock(view, bit, end, k, positions, from, to, size);
  });
  if (bit <= end - 8) {
    throw damaged('more gaps than elements');
  }
  return positions;
}

/** Decodes the positions `from` to `to`; returns the bit at which their codes end. */
function readBlock(
  view: DataView,
  start: number,
  end: number,
  k: number,
  positions: Uint32Array,
  from: number,
  to: number,
  size: number,
): number {
  const [step, rest] = [2 ** k, 31 - k];
  let next = from === 0 ? 0 : positions[from - 1] + 1;
  let bit = start;
  for (let i = from; i < to; i++) {
    // At least 25 of these 32 bits are valid.
    let seen = view.getUint32(bit >>> 3) << (bit & 7);
    const zeros = Math.clz32(seen);
    if (zeros + k < 24) {
      seen <<= zeros + 1;
      bit += zeros + 1 + k;
      // In two shifts, because a shift by 32 would be a shift by 0.
      next += (zeros << k) + ((seen >>> 1) >>> rest);
    } else {
      const first = bit;
      for (; bit <= end && seen >>> 8 === 0; bit += 24) {
        seen = view.getUint32((bit + 24) >>> 3) << (bit & 7);
      }
      bit += Math.clz32(seen);
      seen = bit < end ? view.getUint32((bit + 1) >>> 3) << ((bit + 1) & 7) : 0;
      next += (bit - first) * step + ((seen >>> 1) >>> rest);
      bit += 1 + k;
    }
    if (bit > end || next >= size) {
      throw damaged('a gap beyond the end of a tensor');
    }
    positions[i] = next++;
  }
  return bit;
}

// The passes over the bits of scores by which keepTop selects without a sort.

const SIGN = 1 << 31;
const BINS = 1 << 16;

/** Maps a float's bits to an unsigned number of the same order; −0 equals 0. */
function ordered(bits: number): number {
  return bits === SIGN ? SIGN : bits ^ ((bits >> 31) | SIGN);
}

/** The float for such a number. */
export function scoreOf(key: number): number {
  return new Float32Array(Int32Array.of(key & SIGN ? key ^ SIGN : ~key).buffer)[0];
}

/** Empty counts of scores by one half of their bits. */
export const newCounts = () => new Uint32Array(BINS);

// Each pass is a separate function, so that the engine compiles it alone, and handles four scores per iteration, because the
// loop's overhead exceeds the work for one.

/** Adds the scores to counts by the upper halves of their bits. */
export function countUpper(bits: Int32Array, counts: Uint32Array): void {
  const whole = bits.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    count(bits, i, counts);
    count(bits, i + 1, counts);
    count(bits, i + 2, counts);
    count(bits, i + 3, counts);
  }
  for (let i = whole; i < bits.length; i++) {
    count(bits, i, counts);
  }
}

function count(bits: Int32Array, i: number, counts: Uint32Array): void {
  counts[ordered(bits[i]) >>> 16]++;
}

/** Adds the scores at an upper half to counts by the lower halves of their bits. */
export function countLower(bits: Int32Array, upper: number, counts: Uint32Array): void {
  for (let i = 0; i < bits.length; i++) {
    const key = ordered(bits[i]);
    if (key >>> 16 === upper) counts[key & 0xffff]++;
  }
}

/** Counts the scores above a key, and those at it. */
export function countFrom(bits: Int32Array, key: number): [above: number, at: number] {
  let [above, at] = [0, 0];
  for (let i = 0; i < bits.length; i++) {
    const own = ordered(bits[i]) >>> 0;
    above += +(own > key);
    at += +(own === key);
  }
  return [above, at];
}

/** Marks the scores above an upper half, counts those at it by their lower halves, and lists as many as `split` takes. */
export function markAbove(bits: Int32Array, upper: number, kept: Uint8Array, split: Int32Array): Uint32Array {
  const counts = newCounts();
  const whole = bits.length & ~3;
  let size = 0;
  for (let i = 0; i < whole; i += 4) {
    if (mark(bits, i, upper, kept, counts) && size < split.length) split[size++] = i;
    if (mark(bits, i + 1, upper, kept, counts) && size < split.length) split[size++] = i + 1;
    if (mark(bits, i + 2, upper, kept, counts) && size < split.length) split[size++] = i + 2;
    if (mark(bits, i + 3, upper, kept, counts) && size < split.length) split[size++] = i + 3;
  }
  for (let i = whole; i < bits.length; i++) {
    if (mark(bits, i, upper, kept, counts) && size < split.length) split[size++] = i;
  }
  return counts;
}

/** Marks a score above an upper half; counts a score at it, and returns whether it is. */
function mark(bits: Int32Array, i: number, upper: number, kept: Uint8Array, counts: Uint32Array): boolean {
  const key = ordered(bits[i]);
  const under = upper - (key >>> 16);
  kept[i] = under >>> 31;
  if (under !== 0) {
    return false;
  }
  counts[key & 0xffff]++;
  return true;
}

/** Among the listed scores, marks those above a lower half and the first few at it. */
export function markListed(
  bits: Int32Array,
  split: Int32Array,
  lower: number,
  ties: number,
  kept: Uint8Array,
): void {
  let left = ties;
  for (let j = 0; j < split.length; j++) {
    const rest = ordered(bits[split[j]]) & 0xffff;
    if (rest > lower || (rest === lower && left-- > 0)) {
      kept[split[j]] = 1;
    }
  }
}

/** Among the scores at an upper half, marks those above a lower half and the first few at it. */
export function markWithin(
  bits: Int32Array,
  upper: number,
  lower: number,
  ties: number,
  kept: Uint8Array,
): void {
  let left = ties;
  for (let i = 0; i < bits.length; i++) {
    const key = ordered(bits[i]);
    if (key >>> 16 === upper) {
      const rest = key & 0xffff;
      if (rest > lower || (rest === lower && left-- > 0)) {
        kept[i] = 1;
      }
    }
  }
}

/** The bin that holds the n-th item counted from the highest bin, and how many lie in the bins above it. */
export function binOf(counts: Uint32Array, n: number): [bin: number, before: number] {
  let before = 0;
  let bin = counts.length - 1;
  while (before + counts[bin] < n) {
    before += counts[bin--];
  }
  return [bin, before];
}

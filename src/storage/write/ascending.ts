const [LOW, HIGH] = [11, 22];
const DIGITS = 1 << LOW;

/**
 * The values in ascending order, −0 before 0: a radix sort in three passes, a quarter of the time of `sort`. NaN is not ordered.
 */
export function ascending(values: Float32Array): Float32Array<ArrayBuffer> {
  const keys = new Uint32Array(values.slice().buffer);
  const counts = [new Uint32Array(DIGITS), new Uint32Array(DIGITS), new Uint32Array(DIGITS)];
  order(keys, counts);
  for (const each of counts) addUp(each);
  const others = new Uint32Array(keys.length);
  pass(keys, others, counts[0], 0);
  pass(others, keys, counts[1], LOW);
  pass(keys, others, counts[2], HIGH);
  restore(others);
  return new Float32Array(others.buffer);
}

// Each pass is a separate function, so that the engine compiles it alone.

/** Maps the bits of floats to numbers of the same order, and counts their digits. */
function order(keys: Uint32Array, [low, middle, high]: Uint32Array[]): void {
  for (let i = 0; i < keys.length; i++) {
    const bits = keys[i] | 0;
    const key = bits ^ ((bits >> 31) | (1 << 31));
    keys[i] = key;
    low[key & (DIGITS - 1)]++;
    middle[(key >>> LOW) & (DIGITS - 1)]++;
    high[key >>> HIGH]++;
  }
}

/** Replaces counts by the counts of all before them. */
function addUp(counts: Uint32Array): void {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i];
    counts[i] = sum;
    sum += count;
  }
}

/** Sorts by one digit, and keeps the order of equal ones. @param ends Where the next number with each digit belongs. */
function pass(from: Uint32Array, to: Uint32Array, ends: Uint32Array, shift: number): void {
  for (let i = 0; i < from.length; i++) {
    const key = from[i];
    to[ends[(key >>> shift) & (DIGITS - 1)]++] = key;
  }
}

/** Maps numbers back to the bits of floats. */
function restore(keys: Uint32Array): void {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] | 0;
    keys[i] = key < 0 ? key ^ (1 << 31) : ~key;
  }
}

/** Rounds the bits of a float32 with magnitude below 65520 to those of the nearest half float, ties to even. */
export function toHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= SMALLEST_NORMAL) {
    // Rounding up to the next power of two carries into the exponent.
    return sign | ((magnitude - REBIAS + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  const steps = ((magnitude & 0x7fffff) | 0x800000) * 2 ** ((magnitude >>> 23) - 126);
  const below = Math.floor(steps);
  const rest = steps - below;
  return sign | (rest === 0.5 ? below + (below % 2) : Math.round(steps));
}

/** 2^-14 as a float32, below which half floats are subnormal. */
const SMALLEST_NORMAL = 0x38800000;
/** The difference of the exponent biases of the two formats, 112, shifted to the exponent. */
const REBIAS = 0x38000000;

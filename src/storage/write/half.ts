/** The 16 bits of the half float that is nearest to the float32 of these bits, below 65520; ties to even. */
export function toHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= SMALLEST_NORMAL) {
    // What rounds up to the next power of two carries into the exponent.
    return sign | ((magnitude - REBIAS + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  const steps = ((magnitude & 0x7fffff) | 0x800000) * 2 ** ((magnitude >>> 23) - 126);
  const below = Math.floor(steps);
  const rest = steps - below;
  return sign | (rest === 0.5 ? below + (below % 2) : Math.round(steps));
}

/** 2^-14, below which the steps of halves stay as wide as there. */
const SMALLEST_NORMAL = 0x38800000;
/** Between the exponents of the two formats, 112. */
const REBIAS = 0x38000000;

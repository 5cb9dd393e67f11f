/** Copies the numbers whose byte in a mask is 1, and stores 0 for those whose byte is 0; also in place. */
export function keepOnes(mask: usize, size: i32, from: usize, to: usize): void {
  const end = mask + <usize>size;
  for (; mask + 16 <= end; mask += 16, from += 64, to += 64) {
    // All bits of a number are 1 or 0.
    const bytes = i8x16.neg(v128.load(mask));
    const low = i16x8.extend_low_i8x16_s(bytes), high = i16x8.extend_high_i8x16_s(bytes);
    v128.store(to, v128.and(v128.load(from), i32x4.extend_low_i16x8_s(low)));
    v128.store(to, v128.and(v128.load(from, 16), i32x4.extend_high_i16x8_s(low)), 16);
    v128.store(to, v128.and(v128.load(from, 32), i32x4.extend_low_i16x8_s(high)), 32);
    v128.store(to, v128.and(v128.load(from, 48), i32x4.extend_high_i16x8_s(high)), 48);
  }
  for (; mask < end; mask++, from += 4, to += 4) store<f32>(to, load<u8>(mask) ? load<f32>(from) : 0);
}

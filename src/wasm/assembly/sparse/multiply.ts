import {pack, unpack} from './pack';
import {tiles, tilesBy2} from './tiles';

/**
 * y = clamp(bias + x · w) by the nonzeros of w, for a list of pixels [pixels, channels], 16 at a time.
 *
 * @param groups The number of outputs, or pairs of outputs, in `nonzeros`.
 * @param scratch Room for 16 pixels of x with 128 bytes more, for 17 pixels of y, and 80 bytes.
 */
export function multiply(
  x: usize, pixels: i32, channels: i32,
  nonzeros: usize, groups: i32, size: i32, bias: usize, low: f32, high: f32,
  y: usize, depth: i32, scratch: usize,
): void {
  const pixel = <usize>channels << 2, outPixel = <usize>depth << 2;
  const out = scratch + (pixel << 4) + 128;
  const nowhere = out + (outPixel << 4);
  const places = nowhere + outPixel + 16;
  for (; pixels > 0; pixels -= 16, x += pixel << 4) {
    pack(x, pixel, min(pixels, 16), channels, scratch, 64);
    if (size === 2) tilesBy2(scratch, nonzeros, groups, bias, low, high, out);
    else tiles(scratch, nonzeros, groups, bias, low, high, out);
    for (let k = 0; k < 16; k++, y += outPixel) {
      store<u32>(places + (<usize>k << 2), <u32>(k < pixels ? y : nowhere));
    }
    unpack(out, depth, places);
  }
}

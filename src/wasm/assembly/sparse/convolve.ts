import {pack, unpack} from './pack';
import {tiles, tilesBy2} from './tiles';

/**
 * y = clamp(bias + x * w) by the nonzeros of w, for one image [height, width, channels]. A band of rows at a time is
 * packed into planes, `rowStep` by `columnStep` for each channel, so that for each element of w the 16 pixels that it is
 * multiplied by are neighbors; the border that padding adds is part of them.
 *
 * @param last The last row and column, from the first of the filter, that an element of w is multiplied by.
 * @param taken For each row and column, modulo the steps, whether an element of w is multiplied by it: a bit.
 * @param plane The length of a plane in bytes, `bandHeight + lastRow / rowStep` rows of `outWidth + lastColumn /
 *   columnStep` pixels at least.
 * @param groups The number of outputs, or pairs of outputs, in `nonzeros`.
 * @param scratch Room for the planes with 128 bytes more, for 16 pixels of output and one more, and 64 bytes.
 */
export function convolve(
  x: usize, height: i32, width: i32, channels: i32,
  rowStep: i32, columnStep: i32, padTop: i32, padLeft: i32, lastRow: i32, lastColumn: i32, taken: u32,
  nonzeros: usize, groups: i32, size: i32, bias: usize, low: f32, high: f32,
  y: usize, outHeight: i32, outWidth: i32, depth: i32,
  bandHeight: i32, plane: usize, scratch: usize,
): void {
  const pitch = outWidth + lastColumn / columnStep;
  const pixel = <usize>channels << 2, outPixel = <usize>depth << 2;
  const step = plane * <usize>(rowStep * columnStep);
  const out = scratch + step * <usize>channels + 128;
  const nowhere = out + (outPixel << 4);
  const places = nowhere + outPixel + 16;
  for (let top = 0; top < outHeight; top += bandHeight) {
    const rows = min(bandHeight, outHeight - top);
    const tall = rows + lastRow / rowStep;
    for (let i = 0; i < rowStep; i++) {
      for (let j = 0; j < columnStep; j++) {
        if (!(taken >> ((i * columnStep + j) & 31) & 1)) continue;
        const at = scratch + plane * <usize>(i * columnStep + j);
        // Columns of x for which padLeft + column = j + columnStep · place.
        const first = max(0, (padLeft - j + columnStep - 1) / columnStep);
        const end = max(first, min(pitch, (width + padLeft - j + columnStep - 1) / columnStep));
        for (let r = 0; r < tall; r++) {
          const row = (top + r) * rowStep + i - padTop;
          const line = at + (<usize>(r * pitch) << 2);
          if (row < 0 || row >= height) {
            blank(line, pitch, channels, step);
            continue;
          }
          const from = x + (<usize>(row * width + first * columnStep + j - padLeft)) * pixel;
          if (first > 0) blank(line, first, channels, step);
          pack(from, pixel * <usize>columnStep, end - first, channels, line + (<usize>first << 2), step);
          if (end < pitch) blank(line + (<usize>end << 2), pitch - end, channels, step);
        }
      }
    }
    for (let q = 0, all = (rows - 1) * pitch + outWidth; q < all; q += 16) {
      if (size === 2) tilesBy2(scratch + (<usize>q << 2), nonzeros, groups, bias, low, high, out);
      else tiles(scratch + (<usize>q << 2), nonzeros, groups, bias, low, high, out);
      let r = q / pitch, s = q - r * pitch;
      for (let k: usize = 0; k < 64; k += 4) {
        const inside = s < outWidth && r < rows;
        store<u32>(places + k, <u32>(inside ? y + <usize>((top + r) * outWidth + s) * outPixel : nowhere));
        if (++s === pitch) {
          s = 0;
          r++;
        }
      }
      unpack(out, depth, places);
    }
  }
}

/** Sets neighboring pixels of all planes to 0. */
function blank(to: usize, pixels: i32, channels: i32, plane: usize): void {
  for (; channels > 0; channels--, to += plane) memory.fill(to, 0, <usize>pixels << 2);
}

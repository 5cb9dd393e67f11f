import {pack} from '../sparse/pack';

/** How many examples are computed at a time: a number of each fills eight vectors. */
export const TILE: i32 = 32;

/** The bytes of a number of each example of a tile. */
export const PLANE: usize = 128;

/**
 * Interleaves up to 32 images in a canvas [·, ·, channels, 32], so that the examples of a number are neighbors.
 *
 * @param x Images [height, width, channels].
 * @param to Where the first pixel goes in the canvas, which is 0 where nothing goes.
 * @param pitch Bytes from a row of the canvas to the next.
 * @param rowStep The rows, and columns, of the canvas from a pixel to the next.
 */
export function interleave(
  x: usize, count: i32, height: i32, width: i32, channels: i32,
  to: usize, pitch: usize, rowStep: i32, columnStep: i32,
): void {
  const row = <usize>(width * channels) << 2;
  const image = row * <usize>height;
  for (let h = 0; h < height; h++, x += row, to += pitch * <usize>rowStep) {
    if (columnStep === 1) {
      pack(x, image, count, width * channels, to, PLANE);
    } else {
      for (let w = 0; w < width; w++) {
        const pixel = <usize>(w * channels);
        pack(x + (pixel << 2), image, count, channels, to + pixel * <usize>columnStep * PLANE, PLANE);
      }
    }
  }
}

/** Writes the `size` numbers of a tile example by example, the inverse of `interleave`. */
export function deinterleave(tile: usize, count: i32, size: i32, to: usize): void {
  pack(tile, PLANE, size, count, to, <usize>size << 2);
}

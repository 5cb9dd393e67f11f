import {line} from './line';
import {float, word} from './words';

/**
 * y = clamp(bias + x * w) by a list of the weights, for images as planes: a channel is all pixels of all images. A band of rows
 * at a time is copied with its padding, into a plane for each step of the window, so that neighboring outputs need
 * neighboring inputs. Without scratch, x is read where it lies, in windows without steps and padding.
 *
 * Arguments: x, bytes from a channel to the next, images, slices (of volumes), height, width, channels; of the window, its
 * slices, their step, padding and dilation; step of rows and columns, padding above and left, last row and column from the
 * first of the window, a bit for each pair of steps that a weight needs; list, groups, size of the blocks, bias, low, high; y,
 * bytes from a channel to the next, its slices, height, width; rows in a band, bytes of a copied plane, scratch; of a depthwise
 * convolution, the outputs of each channel, else 0.
 */
export function convolve(p: usize): void {
  let list = <usize>word(p, 18);
  const groups = word(p, 19), multiplier = word(p, 32);
  if (multiplier === 0) {
    outputs(p, word(p, 0), word(p, 6), list, groups);
    return;
  }
  // An output needs a single channel, of which more rows fit in a band.
  for (let left = groups; left > 0; left--) {
    const channel = (load<u32>(list, 4) >> 2) / multiplier;
    outputs(p, word(p, 0) + channel * word(p, 1), 1, list, 1);
    list += 8 + (load<u32>(list) << 3);
  }
}

/** The outputs of a list. */
function outputs(p: usize, x: usize, channels: i32, list: usize, groups: i32): void {
  const area = <i32>word(p, 4) * <i32>word(p, 5), width = <i32>word(p, 5);
  const outSlices = <i32>word(p, 26), outHeight = <i32>word(p, 27), outWidth = <i32>word(p, 28);
  const bandHeight = <i32>word(p, 29), scratch = <usize>word(p, 31);
  const rowStep = <i32>word(p, 11);
  const pitch = <usize>(scratch ? outWidth + <i32>word(p, 16) / <i32>word(p, 12) : width) << 2;
  let y = <usize>word(p, 24);
  for (let image = <i32>word(p, 2); image > 0; image--, x += <usize>(<i32>word(p, 3) * area) << 2) {
    for (let slice = 0; slice < outSlices; slice++) {
      for (let top = 0; top < outHeight; top += bandHeight) {
        const rows = min(bandHeight, outHeight - top);
        let from = scratch;
        if (scratch) copyBand(p, x, channels, slice, top * rowStep, rows + <i32>word(p, 15) / rowStep, pitch);
        else from = x + (<usize>(slice * area + top * width) << 2);
        for (let r = 0; r < rows; r++, from += pitch, y += <usize>outWidth << 2) {
          line(from, outWidth, list, groups, word(p, 20), word(p, 21), float(p, 22), float(p, 23), y, word(p, 25));
        }
      }
    }
  }
}

/** Copies the rows that a band needs. Each copy may overrun its end by 12 bytes, where the next one begins. */
function copyBand(p: usize, x: usize, channels: i32, outSlice: i32, top: i32, tall: i32, pitch: usize): void {
  const slices = <i32>word(p, 3), height = <i32>word(p, 4), width = <i32>word(p, 5);
  const rowStep = <i32>word(p, 11), columnStep = <i32>word(p, 12);
  const padTop = <i32>word(p, 13), padLeft = <i32>word(p, 14), taken = word(p, 17);
  const plane = <usize>word(p, 30);
  let to = <usize>word(p, 31);
  const wide = <i32>(pitch >> 2);
  for (let q = 0, depth = <i32>word(p, 7); q < depth; q++) {
    const slice = outSlice * <i32>word(p, 8) + q * <i32>word(p, 10) - <i32>word(p, 9);
    const isInside = <u32>slice < <u32>slices;
    let from = x + (<usize>(slice * height * width) << 2);
    for (let c = 0; c < channels; c++, from += word(p, 1)) {
      for (let i = 0; i < rowStep; i++) {
        for (let j = 0; j < columnStep; j++, to += plane) {
          if (!(taken >> ((i * columnStep + j) & 31) & 1)) continue;
          // Columns of x for which padLeft + column = j + columnStep · place.
          const first = max(0, (padLeft - j + columnStep - 1) / columnStep);
          const end = max(first, min(wide, (width + padLeft - j + columnStep - 1) / columnStep));
          let at = to;
          for (let r = 0; r < tall; r++, at += pitch) {
            const row = top + r * rowStep + i - padTop;
            if (!isInside || <u32>row >= <u32>height) {
              blank(at, wide);
              continue;
            }
            blank(at, first);
            pick(from + (<usize>(row * width + first * columnStep + j - padLeft) << 2), columnStep, at + (<usize>first << 2), end - first);
            blank(at + (<usize>end << 2), wide - end);
          }
        }
      }
    }
  }
}

// The instructions for blocks of memory take longer than these loops for a row.
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function blank(to: usize, count: i32): void {
  for (const end = to + (<usize>count << 2); to < end; to += 16) v128.store(to, f32x4.splat(0));
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function pick(from: usize, step: i32, to: usize, count: i32): void {
  const end = to + (<usize>count << 2);
  if (step === 1) {
    for (; to < end; from += 16, to += 16) v128.store(to, v128.load(from));
  } else if (step === 2) {
    for (; to < end; from += 32, to += 16) {
      v128.store(to, v128.shuffle<f32>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6));
    }
  } else {
    for (const bytes = <usize>step << 2; to < end; from += bytes, to += 4) store<f32>(to, load<f32>(from));
  }
}

import {float, word} from './words';

/**
 * Pools windows of planes. Arguments: x, planes' bytes, y, planes' bytes, channels, images, slices, height, width; out slices, height,
 * width; of the window slices, rows, columns, their three steps and paddings; whether it averages; scratch of a row.
 */
export function pool(p: usize): void {
  const slices = <i32>word(p, 6), height = <i32>word(p, 7), width = <i32>word(p, 8);
  const averages = word(p, 21) !== 0;
  const row = <usize>word(p, 22);
  for (let c: u32 = 0; c < word(p, 4); c++) {
    let y = <usize>(word(p, 2) + c * word(p, 3));
    for (let n = 0; n < <i32>word(p, 5); n++) {
      const x = <usize>(word(p, 0) + c * word(p, 1)) + (<usize>(n * slices * height * width) << 2);
      for (let i = 0; i < <i32>word(p, 9); i++) {
        const firstSlice = i * <i32>word(p, 15) - <i32>word(p, 18);
        for (let j = 0; j < <i32>word(p, 10); j++) {
          const firstRow = j * <i32>word(p, 16) - <i32>word(p, 19);
          let count = 0;
          for (let s = max(0, firstSlice); s < min(slices, firstSlice + <i32>word(p, 12)); s++) {
            for (let r = max(0, firstRow); r < min(height, firstRow + <i32>word(p, 13)); r++, count++) {
              merge(row, x + (<usize>((s * height + r) * width) << 2), width, averages, count === 0);
            }
          }
          y = across(p, row, width, averages, count, y);
        }
      }
    }
  }
}

/** Adds a row, or takes the maxima with it. */
function merge(row: usize, x: usize, width: i32, adds: bool, isFirst: bool): void {
  for (const end = row + (<usize>width << 2); row < end; row += 16, x += 16) {
    const value = v128.load(x);
    const old = v128.load(row);
    v128.store(row, isFirst ? value : adds ? f32x4.add(old, value) : f32x4.pmax(old, value));
  }
}

/** The windows of a row that is already pooled downwards; returns where y goes on. */
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function across(p: usize, row: usize, width: i32, averages: bool, rows: i32, y: usize): usize {
  const step = <i32>word(p, 17), columns = <i32>word(p, 14);
  let first = -<i32>word(p, 20);
  for (let left = <i32>word(p, 11); left > 0; ) {
    if (left >= 4 && first >= 0 && first + 3 * step + columns <= width) {
      let four = f32x4.splat(averages ? 0 : -Infinity);
      for (let k = first; k < first + columns; k++) {
        const other = neighbors(row + (<usize>k << 2), step);
        four = averages ? f32x4.add(four, other) : f32x4.pmax(four, other);
      }
      v128.store(y, averages ? f32x4.div(four, f32x4.splat(<f32>(rows * columns))) : four);
      left -= 4;
      first += 4 * step;
      y += 16;
      continue;
    }
    const from = max(0, first), to = min(width, first + columns);
    let value: f32 = averages ? 0 : -Infinity;
    for (let k = from; k < to; k++) {
      const other = load<f32>(row + (<usize>k << 2));
      value = averages ? value + other : value < other ? other : value;
    }
    store<f32>(y, averages ? value / <f32>(rows * (to - from)) : value);
    left--;
    first += step;
    y += 4;
  }
  return y;
}

/** Four floats, `step` apart. */
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function neighbors(from: usize, step: i32): v128 {
  if (step === 1) return v128.load(from);
  if (step === 2) return v128.shuffle<f32>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6);
  const next = <usize>step << 2;
  let four = v128.load32_zero(from);
  four = v128.load_lane<f32>(from + next, four, 1);
  four = v128.load_lane<f32>(from + 2 * next, four, 2);
  return v128.load_lane<f32>(from + 3 * next, four, 3);
}

/**
 * Reduces one axis. Arguments: x, y, the lengths of two outer axes and of the reduced one, the strides of x along all three, in bytes,
 * and of y along the outer two; 0 for the sum, 1 for the mean, 2 for the maximum,
 * 3 for the product, 4 for the minimum.
 */
export function reduce(p: usize): void {
  const kind = word(p, 10), count = word(p, 4), step = word(p, 7);
  for (let a: u32 = 0; a < word(p, 2); a++) {
    for (let b: u32 = 0; b < word(p, 3); b++) {
      let x = word(p, 0) + a * word(p, 5) + b * word(p, 6);
      let value: f32 = load<f32>(x);
      const end = x + (count - 1) * step;
      // A loop each, as a choice in it takes longer than the sum.
      if (kind < 2) while (x !== end) value += load<f32>((x += step));
      else if (kind === 2) while (x !== end) value = max<f32>(value, load<f32>((x += step)));
      else if (kind === 3) while (x !== end) value *= load<f32>((x += step));
      else while (x !== end) value = min<f32>(value, load<f32>((x += step)));
      store<f32>(word(p, 1) + a * word(p, 8) + b * word(p, 9), kind === 1 ? value / <f32>count : value);
    }
  }
}

/**
 * Resizes planes. Arguments: x, planes' bytes, y, planes' bytes, channels, images, height, width, out height, width; how many rows of x
 * lie in how many of y, and so for columns; whether it interpolates; the numbers that are added to a place in y, and to that in x.
 */
export function resize(p: usize): void {
  const height = <i32>word(p, 6), width = <i32>word(p, 7), outHeight = <i32>word(p, 8), outWidth = <i32>word(p, 9);
  const down = <f64>word(p, 10) / <f64>word(p, 11), across = <f64>word(p, 12) / <f64>word(p, 13);
  const interpolates = word(p, 14) !== 0, before = <f64>float(p, 15), after = <f64>float(p, 16);
  for (let c: u32 = 0; c < word(p, 4); c++) {
    let y = <usize>(word(p, 2) + c * word(p, 3));
    for (let n = 0; n < <i32>word(p, 5); n++) {
      const x = <usize>(word(p, 0) + c * word(p, 1)) + (<usize>(n * height * width) << 2);
      for (let i = 0; i < outHeight; i++) {
        const v = max<f64>(0, (<f64>i + before) * down + after);
        const top = min(height - 1, <i32>v), bottom = min(height - 1, top + 1);
        for (let j = 0; j < outWidth; j++, y += 4) {
          const u = max<f64>(0, (<f64>j + before) * across + after);
          const left = min(width - 1, <i32>u), right = min(width - 1, left + 1);
          const a = pixel(x, top * width + left);
          if (!interpolates) {
            store<f32>(y, a);
            continue;
          }
          const b = pixel(x, top * width + right);
          const d = pixel(x, bottom * width + left), e = pixel(x, bottom * width + right);
          const q = <f32>(u - <f64>left);
          const upper = a + (b - a) * q, lower = d + (e - d) * q;
          store<f32>(y, upper + (lower - upper) * <f32>(v - <f64>top));
        }
      }
    }
  }
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function pixel(x: usize, at: i32): f32 {
  return load<f32>(x + (<usize>at << 2));
}

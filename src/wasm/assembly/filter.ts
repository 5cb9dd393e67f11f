/** Bytes of x and dy that should stay in the cache together. */
const CACHE = 24 << 10;

/**
 * dw[i, k, c] = Σ x[b, r · rowStep + i, s · columnStep + k] · dy[b, r, s, c] over b, r, s: the gradient of a
 * convolution with respect to its filter. The index k runs over both the columns of the filter and their channels, which
 * are neighbors in x. With one row and one column it is the product of xᵀ and dy.
 *
 * @param x [batch, ·, ·], rows of `pitch` floats, images of `image` floats, already padded.
 * @param dy [batch, height, width, depth]
 * @param dw [rows, columns, depth], overwritten.
 * @param columnStep in floats, as `pitch` and `image`.
 */
export function filter(
  x: usize, image: i32, pitch: i32, rowStep: i32, columnStep: i32,
  dy: usize, batch: i32, height: i32, width: i32, depth: i32,
  dw: usize, rows: i32, columns: i32,
): void {
  memory.fill(dw, 0, <usize>(rows * columns * depth) << 2);
  // One band of rows of x and dy stays in the cache for all elements of dw.
  const row = (rowStep * pitch + width * depth) << 2;
  const band = max(1, CACHE / row);
  // Long rows are split too, as those of a matrix product.
  const span = max(32, CACHE / ((columnStep + depth) << 2));
  for (let b = 0; b < batch; b++) {
    for (let r = 0; r < height; r += band) {
      const high = min(band, height - r);
      for (let s = 0; s < width; s += span) {
        const wide = min(span, width - s);
        const from = dy + (<usize>(((b * height + r) * width + s) * depth) << 2);
        for (let i = 0; i < rows; i++) {
          const source = x + (<usize>(b * image + (r * rowStep + i) * pitch + s * columnStep) << 2);
          tile(source, (rowStep * pitch) << 2, columnStep << 2, from, width * depth << 2, high, wide, depth, dw + (<usize>(i * columns * depth) << 2), columns);
        }
      }
    }
  }
}

/** Adds the contribution of a band to dw [columns, depth], in blocks of 4 × 8. */
function tile(
  x: usize, xRow: usize, xStep: usize,
  dy: usize, dyRow: usize, high: i32, wide: i32, depth: i32,
  dw: usize, columns: i32,
): void {
  const step = <usize>depth << 2;
  let k = 0;
  for (; k + 4 <= columns; k += 4) {
    for (let c = 0; c < depth; c += 8) {
      block4(x + (<usize>k << 2), xRow, xStep, dy + (<usize>c << 2), dyRow, step, high, wide, dw + (<usize>(k * depth + c) << 2), depth - c);
    }
  }
  for (; k < columns; k++) {
    for (let c = 0; c < depth; c += 8) {
      block1(x + (<usize>k << 2), xRow, xStep, dy + (<usize>c << 2), dyRow, step, high, wide, dw + (<usize>(k * depth + c) << 2), depth - c);
    }
  }
}

function block4(
  x: usize, xRow: usize, xStep: usize,
  dy: usize, dyRow: usize, step: usize, high: i32, wide: i32,
  dw: usize, left: i32,
): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  // With fewer than 8 columns left, the other lanes read beyond the tensor and are not stored. This stays inside the
  // memory: the allocator keeps 40 bytes after the last tensor.
  for (let r = 0; r < high; r++) {
    let from = x, by = dy;
    for (let s = 0; s < wide; s++) {
      const y0 = v128.load(by), y1 = v128.load(by, 16);
      let v = v128.load32_splat(from);
      a0 = f32x4.add(a0, f32x4.mul(v, y0));
      a1 = f32x4.add(a1, f32x4.mul(v, y1));
      v = v128.load32_splat(from, 4);
      b0 = f32x4.add(b0, f32x4.mul(v, y0));
      b1 = f32x4.add(b1, f32x4.mul(v, y1));
      v = v128.load32_splat(from, 8);
      c0 = f32x4.add(c0, f32x4.mul(v, y0));
      c1 = f32x4.add(c1, f32x4.mul(v, y1));
      v = v128.load32_splat(from, 12);
      d0 = f32x4.add(d0, f32x4.mul(v, y0));
      d1 = f32x4.add(d1, f32x4.mul(v, y1));
      from += xStep;
      by += step;
    }
    x += xRow;
    dy += dyRow;
  }
  add(dw, a0, a1, left);
  add(dw + step, b0, b1, left);
  add(dw + 2 * step, c0, c1, left);
  add(dw + 3 * step, d0, d1, left);
}

function block1(
  x: usize, xRow: usize, xStep: usize,
  dy: usize, dyRow: usize, step: usize, high: i32, wide: i32,
  dw: usize, left: i32,
): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0;
  for (let r = 0; r < high; r++) {
    let from = x, by = dy, s = 0;
    // Two sums, because each addition waits for the one before it.
    for (; s + 2 <= wide; s += 2) {
      const v = v128.load32_splat(from), w = v128.load32_splat(from + xStep);
      a0 = f32x4.add(a0, f32x4.mul(v, v128.load(by)));
      a1 = f32x4.add(a1, f32x4.mul(v, v128.load(by, 16)));
      by += step;
      b0 = f32x4.add(b0, f32x4.mul(w, v128.load(by)));
      b1 = f32x4.add(b1, f32x4.mul(w, v128.load(by, 16)));
      by += step;
      from += 2 * xStep;
    }
    if (s < wide) {
      const v = v128.load32_splat(from);
      a0 = f32x4.add(a0, f32x4.mul(v, v128.load(by)));
      a1 = f32x4.add(a1, f32x4.mul(v, v128.load(by, 16)));
    }
    x += xRow;
    dy += dyRow;
  }
  add(dw, f32x4.add(a0, b0), f32x4.add(a1, b1), left);
}

/** Adds the first `left` of 8 numbers to those at `to`. */
function add(to: usize, low: v128, high: v128, left: i32): void {
  if (left >= 8) {
    v128.store(to, f32x4.add(v128.load(to), low));
    v128.store(to, f32x4.add(v128.load(to, 16), high), 16);
  } else {
    if (left >= 4) {
      v128.store(to, f32x4.add(v128.load(to), low));
      to += 16;
      left -= 4;
      low = high;
    }
    if (left > 0) store<f32>(to, load<f32>(to) + f32x4.extract_lane(low, 0));
    if (left > 1) store<f32>(to, load<f32>(to, 4) + f32x4.extract_lane(low, 1), 4);
    if (left > 2) store<f32>(to, load<f32>(to, 8) + f32x4.extract_lane(low, 2), 8);
  }
}

// Loops over matrices [rows, depth] with numbers of their own for each column.

/** Rows with a sum of their own, since one long sum of floats rounds too much. */
const BLOCK = 128;

/** y[r, d] = (x[r, d] - mean[d]) * factor[d] + offset[d]. */
export function normalizeColumns(x: usize, rows: i32, depth: i32, mean: usize, factor: usize, offset: usize, y: usize): void {
  const end = <usize>depth << 2;
  for (let r = 0; r < rows; r++, x += end, y += end) {
    let d: usize = 0;
    for (; d + 16 <= end; d += 16) {
      const distance = f32x4.sub(v128.load(x + d), v128.load(mean + d));
      v128.store(y + d, f32x4.add(f32x4.mul(distance, v128.load(factor + d)), v128.load(offset + d)));
    }
    for (; d < end; d += 4) {
      store<f32>(y + d, (load<f32>(x + d) - load<f32>(mean + d)) * load<f32>(factor + d) + load<f32>(offset + d));
    }
  }
}

/** y[r, d] = x[r, d] * factor[d]. */
export function scaleColumns(x: usize, rows: i32, depth: i32, factor: usize, y: usize): void {
  const end = <usize>depth << 2;
  for (let r = 0; r < rows; r++, x += end, y += end) {
    let d: usize = 0;
    for (; d + 16 <= end; d += 16) v128.store(y + d, f32x4.mul(v128.load(x + d), v128.load(factor + d)));
    for (; d < end; d += 4) store<f32>(y + d, load<f32>(x + d) * load<f32>(factor + d));
  }
}

/** y[p, r, d] = x[p, d] * factor. */
export function repeatRows(x: usize, places: i32, rows: i32, depth: i32, factor: f32, y: usize): void {
  const step = <usize>depth << 2, FACTOR = f32x4.splat(factor);
  for (let p = 0; p < places; p++, x += step) {
    const first = y;
    let d: usize = 0;
    for (; d + 16 <= step; d += 16) v128.store(y + d, f32x4.mul(v128.load(x + d), FACTOR));
    for (; d < step; d += 4) store<f32>(y + d, load<f32>(x + d) * factor);
    y += step;
    // Twice as much each time, as a row may be a single number.
    for (const end = first + step * <usize>rows; y < end;) {
      const size = min(y - first, end - y);
      memory.copy(y, first, size);
      y += size;
    }
  }
}

/** sums[0, d] = Σ dy[r, d], sums[1, d] = Σ dy[r, d] * (x[r, d] - mean[d]) over r. */
export function sumColumns(x: usize, dy: usize, rows: i32, depth: i32, mean: usize, sums: usize): void {
  const step = <usize>depth << 2;
  memory.fill(sums, 0, step << 1);
  for (let r = 0; r < rows; r += BLOCK) {
    const count = min(BLOCK, rows - r);
    const from = x + <usize>r * step, by = dy + <usize>r * step;
    let d: usize = 0;
    for (; d + 16 <= step; d += 16) sum4(from + d, by + d, step, count, mean + d, sums + d, sums + step + d);
    for (; d < step; d += 4) sum1(from + d, by + d, step, count, mean + d, sums + d, sums + step + d);
  }
}

function sum4(x: usize, dy: usize, step: usize, rows: i32, mean: usize, sum: usize, product: usize): void {
  const m = v128.load(mean);
  let a = f32x4.splat(0), b = a;
  for (let r = 0; r < rows; r++, x += step, dy += step) {
    const g = v128.load(dy);
    a = f32x4.add(a, g);
    b = f32x4.add(b, f32x4.mul(g, f32x4.sub(v128.load(x), m)));
  }
  v128.store(sum, f32x4.add(v128.load(sum), a));
  v128.store(product, f32x4.add(v128.load(product), b));
}

function sum1(x: usize, dy: usize, step: usize, rows: i32, mean: usize, sum: usize, product: usize): void {
  const m = load<f32>(mean);
  let a: f32 = 0, b: f32 = 0;
  for (let r = 0; r < rows; r++, x += step, dy += step) {
    const g = load<f32>(dy);
    a += g;
    b += g * (load<f32>(x) - m);
  }
  store<f32>(sum, load<f32>(sum) + a);
  store<f32>(product, load<f32>(product) + b);
}

/**
 * product[n, m] = Σ a[n, k] · b[m, k] over k: the product of a and bᵀ, as in the gradient of a dense layer with respect
 * to its input.
 *
 * @param a [rows, depth]
 * @param b [columns, depth]
 * @param product [rows, columns], overwritten.
 */
export function dots(a: usize, rows: i32, b: usize, columns: i32, depth: i32, product: usize): void {
  const step = <usize>depth << 2;
  for (let n = 0; n < rows; n += 2) {
    // Beyond the end the last row is read again, and its results are not stored.
    const a0 = a + <usize>n * step;
    const a1 = n + 1 < rows ? a0 + step : a0;
    for (let m = 0; m < columns; m += 4) {
      const left = columns - m;
      const b0 = b + <usize>m * step;
      const b1 = left > 1 ? b0 + step : b0;
      const b2 = left > 2 ? b1 + step : b0;
      const b3 = left > 3 ? b2 + step : b0;
      const to = product + (<usize>(n * columns + m) << 2);
      block(a0, a1, b0, b1, b2, b3, step, to, a1 > a0 ? to + (<usize>columns << 2) : to, left);
    }
  }
}

function block(
  a0: usize, a1: usize, b0: usize, b1: usize, b2: usize, b3: usize, step: usize,
  to0: usize, to1: usize, left: i32,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  let k: usize = 0;
  for (; k + 16 <= step; k += 16) {
    const x = v128.load(a0 + k), y = v128.load(a1 + k);
    let z = v128.load(b0 + k);
    s0 = f32x4.add(s0, f32x4.mul(x, z));
    t0 = f32x4.add(t0, f32x4.mul(y, z));
    z = v128.load(b1 + k);
    s1 = f32x4.add(s1, f32x4.mul(x, z));
    t1 = f32x4.add(t1, f32x4.mul(y, z));
    z = v128.load(b2 + k);
    s2 = f32x4.add(s2, f32x4.mul(x, z));
    t2 = f32x4.add(t2, f32x4.mul(y, z));
    z = v128.load(b3 + k);
    s3 = f32x4.add(s3, f32x4.mul(x, z));
    t3 = f32x4.add(t3, f32x4.mul(y, z));
  }
  let s = sums(s0, s1, s2, s3), t = sums(t0, t1, t2, t3);
  for (; k < step; k += 4) {
    const z = f32x4(load<f32>(b0 + k), load<f32>(b1 + k), load<f32>(b2 + k), load<f32>(b3 + k));
    s = f32x4.add(s, f32x4.mul(v128.load32_splat(a0 + k), z));
    t = f32x4.add(t, f32x4.mul(v128.load32_splat(a1 + k), z));
  }
  put(to1, t, left);
  put(to0, s, left);
}

/** The sum of the lanes of each vector. */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

/** Stores the first `left` of 4 numbers. */
function put(to: usize, x: v128, left: i32): void {
  if (left > 3) {
    v128.store(to, x);
    return;
  }
  store<f32>(to, f32x4.extract_lane(x, 0));
  if (left > 1) store<f32>(to, f32x4.extract_lane(x, 1), 4);
  if (left > 2) store<f32>(to, f32x4.extract_lane(x, 2), 8);
}

/** Number of rows summed separately, because one long sum of floats rounds too much. */
const BLOCK = 128;

/** sums[p, d] = Σ x[p, r, d] over r. */
export function sumRows(x: usize, places: i32, rows: i32, depth: i32, sums: usize): void {
  const step = <usize>depth << 2;
  memory.fill(sums, 0, <usize>places * step);
  for (let p = 0; p < places; p++) {
    for (let r = 0; r < rows; r += BLOCK) {
      block(x + (<usize>p * <usize>rows + <usize>r) * step, step, min(BLOCK, rows - r), sums + <usize>p * step);
    }
  }
}

function block(x: usize, step: usize, rows: i32, to: usize): void {
  const end = to + step;
  for (; to + 64 <= end; to += 64, x += 64) sum16(x, step, rows, to);
  for (; to + 16 <= end; to += 16, x += 16) {
    let a = f32x4.splat(0);
    for (let r = 0, at = x; r < rows; r++, at += step) a = f32x4.add(a, v128.load(at));
    v128.store(to, f32x4.add(v128.load(to), a));
  }
  for (; to < end; to += 4, x += 4) {
    let a: f32 = 0;
    for (let r = 0, at = x; r < rows; r++, at += step) a += load<f32>(at);
    store<f32>(to, load<f32>(to) + a);
  }
}

function sum16(x: usize, step: usize, rows: i32, to: usize): void {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (let r = 0; r < rows; r++, x += step) {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, 16));
    c = f32x4.add(c, v128.load(x, 32));
    d = f32x4.add(d, v128.load(x, 48));
  }
  v128.store(to, f32x4.add(v128.load(to), a));
  v128.store(to, f32x4.add(v128.load(to, 16), b), 16);
  v128.store(to, f32x4.add(v128.load(to, 32), c), 32);
  v128.store(to, f32x4.add(v128.load(to, 48), d), 48);
}

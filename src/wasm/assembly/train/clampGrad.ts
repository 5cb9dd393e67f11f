/** dx[i] = dy[i] if low <= x[i] <= high, else 0: the gradient of a clamp. */
export function clampGrad(dy: usize, x: usize, size: i32, low: f32, high: f32, dx: usize): void {
  const LOW = f32x4.splat(low), HIGH = f32x4.splat(high);
  let i: usize = 0;
  const end = <usize>size << 2;
  for (; i + 16 <= end; i += 16) {
    const at = v128.load(x + i);
    v128.store(dx + i, v128.and(v128.load(dy + i), v128.and(f32x4.le(LOW, at), f32x4.le(at, HIGH))));
  }
  for (; i < end; i += 4) {
    const at = load<f32>(x + i);
    store<f32>(dx + i, low <= at && at <= high ? load<f32>(dy + i) : 0);
  }
}

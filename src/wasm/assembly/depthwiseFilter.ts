/**
 * dw[i, j, d] = Σ x[b, r · rowStep + i - top, s · columnStep + j - left, d / multiplier] · dy[b, r, s, d] over
 * b, r, s with x inside the image: the gradient of a depthwise convolution with respect to its filter.
 *
 * @param x [batch, inHeight, inWidth, channels]
 * @param dy [batch, height, width, channels · multiplier]
 * @param dw [filterHeight, filterWidth, channels · multiplier], overwritten.
 */
export function depthwiseFilter(
  x: usize, batch: i32, inHeight: i32, inWidth: i32, channels: i32, multiplier: i32,
  dy: usize, height: i32, width: i32, rowStep: i32, columnStep: i32, top: i32, left: i32,
  dw: usize, filterHeight: i32, filterWidth: i32,
): void {
  const depth = channels * multiplier;
  memory.fill(dw, 0, <usize>(filterHeight * filterWidth * depth) << 2);
  for (let b = 0; b < batch; b++) {
    for (let r = 0; r < height; r++) {
      for (let i = 0; i < filterHeight; i++) {
        const row = r * rowStep + i - top;
        if (row < 0 || row >= inHeight) continue;
        for (let j = 0; j < filterWidth; j++) {
          const shift = j - left;
          const first = shift < 0 ? (columnStep - 1 - shift) / columnStep : 0;
          const end = min(width, inWidth > shift ? (inWidth - 1 - shift) / columnStep + 1 : 0);
          if (first >= end) continue;
          const from = x + (<usize>(((b * inHeight + row) * inWidth + first * columnStep + shift) * channels) << 2);
          const by = dy + (<usize>(((b * height + r) * width + first) * depth) << 2);
          const to = dw + (<usize>((i * filterWidth + j) * depth) << 2);
          const count = end - first;
          const step = <usize>(columnStep * channels) << 2;
          let d = 0;
          if (multiplier == 1) {
            for (; d + 16 <= depth; d += 16) {
              const at = <usize>d << 2;
              column16(from + at, step, by + at, <usize>depth << 2, count, to + at);
            }
            for (; d + 4 <= depth; d += 4) {
              const at = <usize>d << 2;
              column4(from + at, step, by + at, <usize>depth << 2, count, to + at);
            }
          }
          for (; d < depth; d++) {
            const at = <usize>d << 2;
            column1(from + (<usize>(d / multiplier) << 2), step, by + at, <usize>depth << 2, count, to + at);
          }
        }
      }
    }
  }
}

/**
 * Adds `count` products of x and y to each of 16 neighbors at `to`. Sums the products separately first, which rounds
 * less.
 */
function column16(x: usize, xStep: usize, y: usize, yStep: usize, count: i32, to: usize): void {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (let s = 0; s < count; s++) {
    a = f32x4.add(a, f32x4.mul(v128.load(x), v128.load(y)));
    b = f32x4.add(b, f32x4.mul(v128.load(x, 16), v128.load(y, 16)));
    c = f32x4.add(c, f32x4.mul(v128.load(x, 32), v128.load(y, 32)));
    d = f32x4.add(d, f32x4.mul(v128.load(x, 48), v128.load(y, 48)));
    x += xStep;
    y += yStep;
  }
  v128.store(to, f32x4.add(v128.load(to), a));
  v128.store(to, f32x4.add(v128.load(to, 16), b), 16);
  v128.store(to, f32x4.add(v128.load(to, 32), c), 32);
  v128.store(to, f32x4.add(v128.load(to, 48), d), 48);
}

function column4(x: usize, xStep: usize, y: usize, yStep: usize, count: i32, to: usize): void {
  let a = f32x4.splat(0);
  for (let s = 0; s < count; s++) {
    a = f32x4.add(a, f32x4.mul(v128.load(x), v128.load(y)));
    x += xStep;
    y += yStep;
  }
  v128.store(to, f32x4.add(v128.load(to), a));
}

function column1(x: usize, xStep: usize, y: usize, yStep: usize, count: i32, to: usize): void {
  let a: f32 = 0;
  for (let s = 0; s < count; s++) {
    a += load<f32>(x) * load<f32>(y);
    x += xStep;
    y += yStep;
  }
  store<f32>(to, load<f32>(to) + a);
}

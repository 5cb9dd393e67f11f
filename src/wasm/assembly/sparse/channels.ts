/**
 * A depthwise convolution of one padded image, four channels at a time: y = clamp(bias + x * w) by the blocks of w,
 * a block being an element of the window for four channels.
 *
 * @param x [·, ·, channels], rows of `pitch` bytes.
 * @param blocks For each four channels how many there are, then the distance from the first pixel and the four values
 *   of each.
 */
export function channels(
  x: usize, pitch: usize, rowStep: i32, columnStep: i32,
  blocks: usize, bias: usize, low: f32, high: f32,
  y: usize, outHeight: i32, outWidth: i32, depth: i32,
): void {
  const pixel = <usize>depth << 2;
  const step = pixel * <usize>columnStep;
  for (let r = 0; r < outHeight; r++) {
    const line = x + pitch * <usize>(r * rowStep);
    let s = 0;
    for (; s + 6 <= outWidth; s += 6) six(line + step * <usize>s, step, blocks, bias, low, high, y + pixel * <usize>s, depth);
    for (; s < outWidth; s++) one(line + step * <usize>s, blocks, bias, low, high, y + pixel * <usize>s, depth);
    y += pixel * <usize>outWidth;
  }
}

/** All channels of six pixels. */
function six(x: usize, step: usize, blocks: usize, bias: usize, low: f32, high: f32, y: usize, depth: i32): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  const pixel = <usize>depth << 2;
  const second = step, third = 2 * step, fourth = 3 * step, fifth = 4 * step, sixth = 5 * step;
  for (const end = x + pixel; x < end; x += 16, y += 16, bias += 16) {
    const count = load<u32>(blocks);
    blocks += 4;
    let a = v128.load(bias), b = a, c = a, d = a, e = a, f = a;
    for (const stop = blocks + <usize>count * 20; blocks < stop; blocks += 20) {
      const p = x + load<u32>(blocks);
      const w = v128.load(blocks, 4);
      a = f32x4.add(a, f32x4.mul(w, v128.load(p)));
      b = f32x4.add(b, f32x4.mul(w, v128.load(p + second)));
      c = f32x4.add(c, f32x4.mul(w, v128.load(p + third)));
      d = f32x4.add(d, f32x4.mul(w, v128.load(p + fourth)));
      e = f32x4.add(e, f32x4.mul(w, v128.load(p + fifth)));
      f = f32x4.add(f, f32x4.mul(w, v128.load(p + sixth)));
    }
    let to = y;
    v128.store(to, f32x4.pmin(f32x4.pmax(a, least), most));
    v128.store((to += pixel), f32x4.pmin(f32x4.pmax(b, least), most));
    v128.store((to += pixel), f32x4.pmin(f32x4.pmax(c, least), most));
    v128.store((to += pixel), f32x4.pmin(f32x4.pmax(d, least), most));
    v128.store((to += pixel), f32x4.pmin(f32x4.pmax(e, least), most));
    v128.store((to += pixel), f32x4.pmin(f32x4.pmax(f, least), most));
  }
}

function one(x: usize, blocks: usize, bias: usize, low: f32, high: f32, y: usize, depth: i32): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (const end = x + (<usize>depth << 2); x < end; x += 16, y += 16, bias += 16) {
    const count = load<u32>(blocks);
    blocks += 4;
    let a = v128.load(bias);
    for (const stop = blocks + <usize>count * 20; blocks < stop; blocks += 20) {
      a = f32x4.add(a, f32x4.mul(v128.load(blocks, 4), v128.load(x + load<u32>(blocks))));
    }
    v128.store(y, f32x4.pmin(f32x4.pmax(a, least), most));
  }
}

/**
 * Copies an image [height, width, ·] into one of zeros, [tall, wide, ·], whose border alone is set to 0.
 *
 * @param pixel The bytes of a pixel.
 */
export function pad(
  x: usize, height: i32, width: i32, pixel: usize, tall: i32, wide: i32, top: i32, left: i32, to: usize,
): void {
  const row = pixel * <usize>width, line = pixel * <usize>wide;
  const before = pixel * <usize>left, after = line - row - before;
  // The end of a row and the beginning of the next are neighbors.
  const above = line * <usize>top + before;
  memory.fill(to, 0, above);
  to += above;
  for (let r = 0; r < height; r++, x += row) {
    memory.copy(to, x, row);
    to += row;
    const border = r + 1 < height ? after + before : after + line * <usize>(tall - top - height);
    memory.fill(to, 0, border);
    to += border;
  }
}

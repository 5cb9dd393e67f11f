/**
 * A depthwise convolution of one image [height, width, channels], four channels at a time: y = clamp(bias + x * w) by the
 * blocks of w, a block being an element of the window for four channels. A band of rows at a time is copied with the border
 * that padding adds.
 *
 * @param pitch The pixels of a padded row.
 * @param blocks For each four channels how many there are, then the distance from the first pixel and the four values
 *   of each.
 * @param bandHeight The rows of outputs that are made of one copy; 0 for images without padding, which are read in place.
 * @param scratch Room for a copy.
 */
export function depthwise(
  x: usize, height: i32, width: i32, channels: i32,
  rowStep: i32, columnStep: i32, padTop: i32, padLeft: i32, lastRow: i32, pitch: i32,
  blocks: usize, bias: usize, low: f32, high: f32,
  y: usize, outHeight: i32, outWidth: i32, depth: i32,
  bandHeight: i32, scratch: usize,
): void {
  const line = (<usize>pitch * <usize>channels) << 2;
  if (bandHeight === 0) {
    rowsOf(x - line * padTop, line * rowStep, columnStep, blocks, bias, low, high, y, outHeight, outWidth, depth);
    return;
  }
  for (let top = 0; top < outHeight; top += bandHeight) {
    const rows = min(bandHeight, outHeight - top);
    copy(x, height, width, channels, top * rowStep - padTop, (rows - 1) * rowStep + lastRow + 1, padLeft, pitch, scratch);
    rowsOf(scratch, line * rowStep, columnStep, blocks, bias, low, high, y, rows, outWidth, depth);
    y += <usize>(rows * outWidth * depth) << 2;
  }
}

/** Copies `rows` rows from the row `first`, which may lie outside, with a border of zeros. */
function copy(
  x: usize, height: i32, width: i32, channels: i32, first: i32, rows: i32, padLeft: i32, pitch: i32, to: usize,
): void {
  const pixel = <usize>channels << 2;
  const left = pixel * padLeft, inside = pixel * width, line = pixel * pitch;
  for (const end = first + rows; first < end; first++, to += line) {
    if (first < 0 || first >= height) {
      memory.fill(to, 0, line);
      continue;
    }
    memory.fill(to, 0, left);
    memory.copy(to + left, x + inside * first, inside);
    memory.fill(to + left + inside, 0, line - left - inside);
  }
}

/** Some rows of outputs of a padded image. */
function rowsOf(
  x: usize, pitch: usize, columnStep: i32, blocks: usize, bias: usize, low: f32, high: f32,
  y: usize, outHeight: i32, outWidth: i32, depth: i32,
): void {
  const pixel = <usize>depth << 2;
  const step = pixel * <usize>columnStep;
  for (; outHeight > 0; outHeight--, x += pitch) {
    let s = 0;
    for (; s + 6 <= outWidth; s += 6) six(x + step * <usize>s, step, blocks, bias, low, high, y + pixel * <usize>s, depth);
    for (; s < outWidth; s++) one(x + step * <usize>s, blocks, bias, low, high, y + pixel * <usize>s, depth);
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

import {deinterleave, interleave, PLANE, TILE} from './tiles';

/**
 * Images times a list of weights: y[b, r, s, c] = bias[c] + Σ weight · canvas[b, r · rowStep, s · columnStep] at the offset of the
 * weight, over the list of c. The canvas has x where `top` and `left` put it, and 0 elsewhere.
 *
 * @param x [batch, height, width, channels]
 * @param pointers Where in the list that of each output begins, and where the last one ends.
 * @param list Pairs of the offset in the canvas, in bytes, and the weight.
 * @param bias [outputs], or 0 for none.
 * @param y [batch, outHeight, outWidth, outputs]
 * @param scratch 32 · (canvasHeight · canvasWidth · channels + outHeight · outWidth · outputs) floats.
 */
export function maskedProduct(
  x: usize, batch: i32, height: i32, width: i32, channels: i32,
  canvasHeight: i32, canvasWidth: i32, top: i32, left: i32, rowSpread: i32, columnSpread: i32,
  rowStep: i32, columnStep: i32, pointers: usize, list: usize, bias: usize, outputs: i32,
  outHeight: i32, outWidth: i32, y: usize, scratch: usize,
): void {
  const pixel = <usize>channels * PLANE, pitch = <usize>canvasWidth * pixel;
  const canvas = <usize>canvasHeight * pitch;
  const result = scratch + canvas;
  const size = outHeight * outWidth * outputs;
  const image = <usize>(height * width * channels) << 2;
  memory.fill(scratch, 0, canvas);
  for (let b = 0; b < batch; b += TILE, x += image * TILE, y += (<usize>size << 2) * TILE) {
    const count = min(TILE, batch - b);
    // Else the lanes left over had numbers of the tile before, maybe such that take long to compute with.
    if (b > 0 && count < TILE) memory.fill(scratch, 0, canvas);
    interleave(x, count, height, width, channels, scratch + <usize>top * pitch + <usize>left * pixel, pitch, rowSpread, columnSpread);
    let to = result;
    for (let r = 0; r < outHeight; r++) {
      for (let s = 0; s < outWidth; s++, to += <usize>outputs * PLANE) {
        multiply(scratch + <usize>(r * rowStep) * pitch + <usize>(s * columnStep) * pixel, pointers, list, bias, outputs, to);
      }
    }
    deinterleave(result, count, size, y);
  }
}

/** All outputs of a pixel of 32 examples. */
function multiply(x: usize, pointers: usize, list: usize, bias: usize, outputs: i32, y: usize): void {
  let at = list + (<usize>load<u32>(pointers) << 3);
  for (const stop = y + <usize>outputs * PLANE; y < stop; y += PLANE) {
    pointers += 4;
    let a = f32x4.splat(0);
    if (bias) {
      a = v128.load32_splat(bias);
      bias += 4;
    }
    let b = a, c = a, d = a, e = a, f = a, g = a, h = a;
    for (const end = list + (<usize>load<u32>(pointers) << 3); at < end; at += 8) {
      const w = v128.load32_splat(at, 4);
      const p = x + <usize>load<u32>(at);
      a = f32x4.add(a, f32x4.mul(w, v128.load(p)));
      b = f32x4.add(b, f32x4.mul(w, v128.load(p, 16)));
      c = f32x4.add(c, f32x4.mul(w, v128.load(p, 32)));
      d = f32x4.add(d, f32x4.mul(w, v128.load(p, 48)));
      e = f32x4.add(e, f32x4.mul(w, v128.load(p, 64)));
      f = f32x4.add(f, f32x4.mul(w, v128.load(p, 80)));
      g = f32x4.add(g, f32x4.mul(w, v128.load(p, 96)));
      h = f32x4.add(h, f32x4.mul(w, v128.load(p, 112)));
    }
    v128.store(y, a);
    v128.store(y, b, 16);
    v128.store(y, c, 32);
    v128.store(y, d, 48);
    v128.store(y, e, 64);
    v128.store(y, f, 80);
    v128.store(y, g, 96);
    v128.store(y, h, 112);
  }
}

import {interleave, PLANE, TILE} from './tiles';

/** The part of x and dy that all weights take at a time, in bytes: a share of the second cache. */
const BAND: usize = 256 << 10;

/**
 * The gradient of a convolution by the remaining weights of its kernel, 0 for the others:
 * dw[i, j, c, d] = Σ canvas[b, r · rowStep + i, s · columnStep + j, c] · dy[b, r, s, d] over b, r, s.
 *
 * @param x [batch, height, width, channels], put into the canvas as by `maskedProduct`.
 * @param dy [batch, outHeight, outWidth, outputs]
 * @param rows The positions of the weights, as `listOutputs` takes them.
 * @param dw [filterHeight, filterWidth, channels, outputs], overwritten.
 * @param scratch As of `maskedProduct`.
 */
export function maskedFilterGrad(
  x: usize, batch: i32, height: i32, width: i32, channels: i32,
  canvasHeight: i32, canvasWidth: i32, top: i32, left: i32, rowStep: i32, columnStep: i32,
  dy: usize, outHeight: i32, outWidth: i32, outputs: i32, filterHeight: i32, filterWidth: i32,
  rows: usize, columns: usize, dw: usize, scratch: usize,
): void {
  const pixel = <usize>channels * PLANE, pitch = <usize>canvasWidth * pixel;
  const canvas = <usize>canvasHeight * pitch;
  const outPixel = <usize>outputs * PLANE, outPitch = <usize>outWidth * outPixel;
  const result = scratch + canvas;
  const image = <usize>(height * width * channels) << 2, outImage = <usize>(outHeight * outWidth * outputs) << 2;
  const band = <i32>max<usize>(1, BAND / (pitch * <usize>rowStep + outPitch));
  memory.fill(dw, 0, <usize>(filterHeight * filterWidth * channels * outputs) << 2);
  memory.fill(scratch, 0, canvas);
  for (let b = 0; b < batch; b += TILE, x += image * TILE, dy += outImage * TILE) {
    const count = min(TILE, batch - b);
    if (count < TILE) memory.fill(scratch, 0, canvas + <usize>outHeight * outPitch);
    interleave(x, count, height, width, channels, scratch + <usize>top * pitch + <usize>left * pixel, pitch, 1, 1);
    interleave(dy, count, outHeight, outWidth, outputs, result, outPitch, 1, 1);
    for (let r = 0; r < outHeight; r += band) {
      const high = min(band, outHeight - r);
      const from = scratch + <usize>(r * rowStep) * pitch, by = result + <usize>r * outPitch;
      let next = rows, at = columns, to = dw;
      for (let i = 0; i < filterHeight; i++) {
        for (let j = 0; j < filterWidth; j++) {
          let source = from + <usize>i * pitch + <usize>j * pixel;
          for (let c = 0; c < channels; c++, source += PLANE, to += <usize>outputs << 2) {
            next += 4;
            const end = columns + (<usize>load<u32>(next) << 2);
            row(source, pitch * <usize>rowStep, pixel * <usize>columnStep, by, outPitch, outPixel, high, outWidth, at, end, to);
            at = end;
          }
        }
      }
    }
  }
}

/** Adds the sums of a band to the listed elements of a row of dw. */
function row(
  x: usize, xRow: usize, xStep: usize, dy: usize, dyRow: usize, dyStep: usize, high: i32, wide: i32,
  at: usize, end: usize, dw: usize,
): void {
  for (; at + 16 <= end; at += 16) four(x, xRow, xStep, dy, dyRow, dyStep, high, wide, at, dw);
  for (; at < end; at += 4) {
    const column = <usize>load<u32>(at);
    add(dw + (column << 2), one(x, xRow, xStep, dy + column * PLANE, dyRow, dyStep, high, wide));
  }
}

/** Four elements, for which x is read once. */
function four(
  x: usize, xRow: usize, xStep: usize, dy: usize, dyRow: usize, dyStep: usize, high: i32, wide: i32,
  at: usize, dw: usize,
): void {
  const c0 = <usize>load<u32>(at), c1 = <usize>load<u32>(at, 4), c2 = <usize>load<u32>(at, 8), c3 = <usize>load<u32>(at, 12);
  const second = (c1 - c0) * PLANE, third = (c2 - c0) * PLANE, fourth = (c3 - c0) * PLANE;
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (let r = 0; r < high; r++) {
    let p = x, q = dy + c0 * PLANE;
    for (let s = 0; s < wide; s++) {
      for (let lane: usize = 0; lane < PLANE; lane += 16) {
        const z = v128.load(p + lane), y = q + lane;
        a = f32x4.add(a, f32x4.mul(z, v128.load(y)));
        b = f32x4.add(b, f32x4.mul(z, v128.load(y + second)));
        c = f32x4.add(c, f32x4.mul(z, v128.load(y + third)));
        d = f32x4.add(d, f32x4.mul(z, v128.load(y + fourth)));
      }
      p += xStep;
      q += dyStep;
    }
    x += xRow;
    dy += dyRow;
  }
  add(dw + (c0 << 2), a);
  add(dw + (c1 << 2), b);
  add(dw + (c2 << 2), c);
  add(dw + (c3 << 2), d);
}

function one(
  x: usize, xRow: usize, xStep: usize, y: usize, yRow: usize, yStep: usize, high: i32, wide: i32,
): v128 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (let r = 0; r < high; r++) {
    let p = x, q = y;
    for (let s = 0; s < wide; s++) {
      a = f32x4.add(a, f32x4.mul(v128.load(p), v128.load(q)));
      b = f32x4.add(b, f32x4.mul(v128.load(p, 16), v128.load(q, 16)));
      c = f32x4.add(c, f32x4.mul(v128.load(p, 32), v128.load(q, 32)));
      d = f32x4.add(d, f32x4.mul(v128.load(p, 48), v128.load(q, 48)));
      a = f32x4.add(a, f32x4.mul(v128.load(p, 64), v128.load(q, 64)));
      b = f32x4.add(b, f32x4.mul(v128.load(p, 80), v128.load(q, 80)));
      c = f32x4.add(c, f32x4.mul(v128.load(p, 96), v128.load(q, 96)));
      d = f32x4.add(d, f32x4.mul(v128.load(p, 112), v128.load(q, 112)));
      p += xStep;
      q += yStep;
    }
    x += xRow;
    y += yRow;
  }
  return f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
}

/** Adds the sum of four numbers. */
function add(to: usize, x: v128): void {
  const pairs = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  store<f32>(to, load<f32>(to) + f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1));
}

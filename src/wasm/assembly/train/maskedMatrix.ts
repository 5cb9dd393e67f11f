import {deinterleave, interleave, PLANE, TILE} from './tiles';

/**
 * y = x · weights + bias by the listed elements of a matrix of weights, as they lie.
 *
 * @param x [batch, inputs]
 * @param rows The positions of the weights, as `listOutputs` takes them.
 * @param bias [outputs], or 0 for none.
 * @param y [batch, outputs]
 * @param scratch 32 · (inputs + outputs) floats.
 */
export function maskedMatrixProduct(
  x: usize, batch: i32, inputs: i32, outputs: i32,
  rows: usize, columns: usize, weights: usize, bias: usize, y: usize, scratch: usize,
): void {
  const result = scratch + <usize>inputs * PLANE;
  for (let b = 0; b < batch; b += TILE, x += <usize>inputs * PLANE, y += <usize>outputs * PLANE) {
    const count = min(TILE, batch - b);
    if (count < TILE) memory.fill(scratch, 0, <usize>inputs * PLANE);
    interleave(x, count, 1, 1, inputs, scratch, 0, 1, 1);
    start(bias, outputs, result);
    let at = columns, row = weights;
    for (let k = 0; k < inputs; k++, row += <usize>outputs << 2) {
      const end = columns + (<usize>load<u32>(rows + (<usize>k << 2), 4) << 2);
      spread(scratch + <usize>k * PLANE, at, end, row, result);
      at = end;
    }
    deinterleave(result, count, outputs, y);
  }
}

/** The initial values of the outputs of a tile. */
function start(bias: usize, outputs: i32, y: usize): void {
  if (!bias) {
    memory.fill(y, 0, <usize>outputs * PLANE);
    return;
  }
  for (const end = y + <usize>outputs * PLANE; y < end; y += PLANE, bias += 4) {
    const b = v128.load32_splat(bias);
    for (let lane: usize = 0; lane < PLANE; lane += 16) v128.store(y + lane, b);
  }
}

/** Adds an input of 32 examples, times each of its weights, to the outputs. */
function spread(x: usize, at: usize, end: usize, weights: usize, y: usize): void {
  if (at === end) return;
  const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
  const e = v128.load(x, 64), f = v128.load(x, 80), g = v128.load(x, 96), h = v128.load(x, 112);
  for (; at < end; at += 4) {
    const column = <usize>load<u32>(at);
    const w = v128.load32_splat(weights + (column << 2));
    const to = y + column * PLANE;
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(w, a)));
    v128.store(to, f32x4.add(v128.load(to, 16), f32x4.mul(w, b)), 16);
    v128.store(to, f32x4.add(v128.load(to, 32), f32x4.mul(w, c)), 32);
    v128.store(to, f32x4.add(v128.load(to, 48), f32x4.mul(w, d)), 48);
    v128.store(to, f32x4.add(v128.load(to, 64), f32x4.mul(w, e)), 64);
    v128.store(to, f32x4.add(v128.load(to, 80), f32x4.mul(w, f)), 80);
    v128.store(to, f32x4.add(v128.load(to, 96), f32x4.mul(w, g)), 96);
    v128.store(to, f32x4.add(v128.load(to, 112), f32x4.mul(w, h)), 112);
  }
}

/** dx = dy · weightsᵀ by the same positions: dx [batch, inputs] of dy [batch, outputs]. */
export function maskedMatrixInputGrad(
  dy: usize, batch: i32, inputs: i32, outputs: i32,
  rows: usize, columns: usize, weights: usize, dx: usize, scratch: usize,
): void {
  const result = scratch + <usize>outputs * PLANE;
  for (let b = 0; b < batch; b += TILE, dy += <usize>outputs * PLANE, dx += <usize>inputs * PLANE) {
    const count = min(TILE, batch - b);
    if (count < TILE) memory.fill(scratch, 0, <usize>outputs * PLANE);
    interleave(dy, count, 1, 1, outputs, scratch, 0, 1, 1);
    let at = columns, row = weights, to = result;
    for (let k = 0; k < inputs; k++, row += <usize>outputs << 2, to += PLANE) {
      const end = columns + (<usize>load<u32>(rows + (<usize>k << 2), 4) << 2);
      collect(scratch, at, end, row, to);
      at = end;
    }
    deinterleave(result, count, inputs, dx);
  }
}

/** Sums outputs of 32 examples, times the weights of an input. */
function collect(y: usize, at: usize, end: usize, weights: usize, x: usize): void {
  let a = f32x4.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
  for (; at < end; at += 4) {
    const column = <usize>load<u32>(at);
    const w = v128.load32_splat(weights + (column << 2));
    const p = y + column * PLANE;
    a = f32x4.add(a, f32x4.mul(w, v128.load(p)));
    b = f32x4.add(b, f32x4.mul(w, v128.load(p, 16)));
    c = f32x4.add(c, f32x4.mul(w, v128.load(p, 32)));
    d = f32x4.add(d, f32x4.mul(w, v128.load(p, 48)));
    e = f32x4.add(e, f32x4.mul(w, v128.load(p, 64)));
    f = f32x4.add(f, f32x4.mul(w, v128.load(p, 80)));
    g = f32x4.add(g, f32x4.mul(w, v128.load(p, 96)));
    h = f32x4.add(h, f32x4.mul(w, v128.load(p, 112)));
  }
  v128.store(x, a);
  v128.store(x, b, 16);
  v128.store(x, c, 32);
  v128.store(x, d, 48);
  v128.store(x, e, 64);
  v128.store(x, f, 80);
  v128.store(x, g, 96);
  v128.store(x, h, 112);
}

/** The numbers of activations, as in src/wasm/sparse/recurrent.ts. */
export const RELU = 1, TANH = 2, SIGMOID = 3, HARD_SIGMOID = 4;

/** An activation by its number; x by any other. */
export function activate(activation: i32, x: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  if (activation === RELU) return f32x4.pmax(x, zero);
  if (activation === HARD_SIGMOID) {
    const line = f32x4.add(f32x4.mul(x, f32x4.splat(0.2)), f32x4.splat(0.5));
    return f32x4.pmin(f32x4.pmax(line, zero), one);
  }
  const isTanh = activation === TANH;
  if (!isTanh && activation !== SIGMOID) return x;
  // tanh(x) = 2 · sigmoid(2x) - 1, to 1e-7; so both share their code.
  const sigmoid = f32x4.div(one, f32x4.add(one, inlineExp(f32x4.mul(x, f32x4.splat(isTanh ? -2 : -1)))));
  return isTanh ? f32x4.sub(f32x4.add(sigmoid, sigmoid), one) : sigmoid;
}

export function exp(x: v128): v128 {
  return inlineExp(x);
}

/**
 * exp(x) as 2ⁿ · exp(r), where |r| is at most ln(2) / 2 and exp(r) the first terms of its series, to an error of 2e-7 of the
 * result. NaN stays, as the limits are the second operands.
 */
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
export function inlineExp(value: v128): v128 {
  const x = f32x4.pmin(f32x4.pmax(value, f32x4.splat(-87)), f32x4.splat(88));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  // ln(2) in two parts, the first of few digits, so that r is exact.
  const high = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  const r = f32x4.add(high, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let sum = f32x4.splat(1.0 / 720);
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.0 / 120));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.0 / 24));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.0 / 6));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(0.5));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(sum, power);
}

/** Four floats, or one of them four times. */
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function get(from: usize, isFour: bool): v128 {
  return isFour ? v128.load(from) : v128.load32_splat(from);
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function put(to: usize, value: v128, isFour: bool): void {
  if (isFour) v128.store(to, value);
  else v128.store_lane<f32>(to, value, 0);
}

/**
 * A step of a simple recurrent layer: h = y = activation(x + z).
 *
 * @param x The product of the input and the kernel, with the bias, [units] for each example.
 * @param xStep The bytes from an example to the next in x; likewise yStep.
 * @param z The product of h and the recurrent kernel, [batch, units]; h likewise.
 */
export function simple(
  x: usize, xStep: usize, z: usize, batch: i32, units: i32, activation: i32, h: usize, y: usize, yStep: usize,
): void {
  const size = <usize>units << 2;
  for (; batch > 0; batch--, x += xStep, y += yStep, z += size, h += size) {
    for (let u: usize = 0; u < size; ) {
      const isFour = u + 16 <= size;
      const value = activate(activation, f32x4.add(get(x + u, isFour), get(z + u, isFour)));
      put(h + u, value, isFour);
      put(y + u, value, isFour);
      u += isFour ? 16 : 4;
    }
  }
}

/**
 * A step of an LSTM, whose gates are the input, forget, cell and output gate, [4 · units] in x and z.
 *
 * @param c The cell state, [batch, units].
 */
export function lstm(
  x: usize, xStep: usize, z: usize, batch: i32, units: i32, activation: i32, gate: i32, c: usize, h: usize, y: usize,
  yStep: usize,
): void {
  const size = <usize>units << 2;
  for (; batch > 0; batch--, x += xStep, y += yStep, z += 4 * size, h += size, c += size) {
    for (let u: usize = 0; u < size; ) {
      const isFour = u + 16 <= size;
      const p = x + u, q = z + u;
      const i = activate(gate, f32x4.add(get(p, isFour), get(q, isFour)));
      const f = activate(gate, f32x4.add(get(p + size, isFour), get(q + size, isFour)));
      const g = activate(activation, f32x4.add(get(p + 2 * size, isFour), get(q + 2 * size, isFour)));
      const o = activate(gate, f32x4.add(get(p + 3 * size, isFour), get(q + 3 * size, isFour)));
      const cell = f32x4.add(f32x4.mul(f, get(c + u, isFour)), f32x4.mul(i, g));
      const value = f32x4.mul(o, activate(activation, cell));
      put(c + u, cell, isFour);
      put(h + u, value, isFour);
      put(y + u, value, isFour);
      u += isFour ? 16 : 4;
    }
  }
}

/** The first half of a step of a GRU, whose gates are the update and reset gate and the new state: to = r · h. */
export function reset(
  x: usize, xStep: usize, z: usize, batch: i32, units: i32, gate: i32, h: usize, to: usize,
): void {
  const size = <usize>units << 2;
  for (; batch > 0; batch--, x += xStep, z += 3 * size, h += size, to += size) {
    for (let u: usize = 0; u < size; ) {
      const isFour = u + 16 <= size;
      const r = activate(gate, f32x4.add(get(x + size + u, isFour), get(z + size + u, isFour)));
      put(to + u, f32x4.mul(r, get(h + u, isFour)), isFour);
      u += isFour ? 16 : 4;
    }
  }
}

/**
 * The second half: h = y = u · h + (1 - u) · activation(x + w).
 *
 * @param w The product of r · h and the recurrent kernel, of which the last third counts.
 */
export function update(
  x: usize, xStep: usize, z: usize, w: usize, batch: i32, units: i32, activation: i32, gate: i32, h: usize, y: usize,
  yStep: usize,
): void {
  const size = <usize>units << 2;
  for (; batch > 0; batch--, x += xStep, y += yStep, z += 3 * size, w += 3 * size, h += size) {
    for (let u: usize = 0; u < size; ) {
      const isFour = u + 16 <= size;
      const keep = activate(gate, f32x4.add(get(x + u, isFour), get(z + u, isFour)));
      const last = 2 * size + u;
      const fresh = activate(activation, f32x4.add(get(x + last, isFour), get(w + last, isFour)));
      const rest = f32x4.mul(f32x4.sub(f32x4.splat(1), keep), fresh);
      const value = f32x4.add(f32x4.mul(keep, get(h + u, isFour)), rest);
      put(h + u, value, isFour);
      put(y + u, value, isFour);
      u += isFour ? 16 : 4;
    }
  }
}

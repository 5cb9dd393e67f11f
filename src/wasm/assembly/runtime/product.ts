import {rows as rowsOf, rowsBy4 as rowsOf4} from '../sparse/rows';
import {float, word} from './words';

/** Rows times a matrix, by its nonzeros. Arguments: x, bytes of a row, list, groups, bias, low, high, y, bytes of a row, rows. */
export function rows(p: usize): void {
  let x = <usize>word(p, 0), y = <usize>word(p, 7);
  for (let left = word(p, 9); left > 0; left--, x += word(p, 1), y += word(p, 8)) {
    rowsOf(x, word(p, 2), word(p, 3), word(p, 4), float(p, 5), float(p, 6), y);
  }
}

/** The same with blocks of four outputs. */
export function rowsBy4(p: usize): void {
  let x = <usize>word(p, 0), y = <usize>word(p, 7);
  for (let left = word(p, 9); left > 0; left--, x += word(p, 1), y += word(p, 8)) {
    rowsOf4(x, word(p, 2), word(p, 3), word(p, 4), float(p, 5), float(p, 6), y);
  }
}

/** Rows times a dense matrix. Arguments: x, inputs, matrix [inputs, outputs], outputs, bias, low, high, y, rows. */
export function gemv(p: usize): void {
  let x = <usize>word(p, 0), y = <usize>word(p, 7);
  const inputs = <usize>word(p, 1) << 2, outputs = <usize>word(p, 3) << 2;
  for (let left = word(p, 8); left > 0; left--, x += inputs, y += outputs) {
    row(x, x + inputs, word(p, 2), outputs, word(p, 4), float(p, 5), float(p, 6), y);
  }
}

function row(x: usize, end: usize, matrix: usize, outputs: usize, bias: usize, low: f32, high: f32, y: usize): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  let j: usize = 0;
  for (; j + 64 <= outputs; j += 64) {
    let a = v128.load(bias + j), b = v128.load(bias + j, 16), c = v128.load(bias + j, 32), d = v128.load(bias + j, 48);
    for (let q = x, w = matrix + j; q < end; q += 4, w += outputs) {
      const s = v128.load32_splat(q);
      a = f32x4.add(a, f32x4.mul(s, v128.load(w)));
      b = f32x4.add(b, f32x4.mul(s, v128.load(w, 16)));
      c = f32x4.add(c, f32x4.mul(s, v128.load(w, 32)));
      d = f32x4.add(d, f32x4.mul(s, v128.load(w, 48)));
    }
    v128.store(y + j, f32x4.pmin(f32x4.pmax(a, least), most));
    v128.store(y + j, f32x4.pmin(f32x4.pmax(b, least), most), 16);
    v128.store(y + j, f32x4.pmin(f32x4.pmax(c, least), most), 32);
    v128.store(y + j, f32x4.pmin(f32x4.pmax(d, least), most), 48);
  }
  for (; j + 16 <= outputs; j += 16) {
    let a = v128.load(bias + j);
    for (let q = x, w = matrix + j; q < end; q += 4, w += outputs) {
      a = f32x4.add(a, f32x4.mul(v128.load32_splat(q), v128.load(w)));
    }
    v128.store(y + j, f32x4.pmin(f32x4.pmax(a, least), most));
  }
  for (; j < outputs; j += 4) {
    let a = load<f32>(bias + j);
    for (let q = x, w = matrix + j; q < end; q += 4, w += outputs) a += load<f32>(q) * load<f32>(w);
    store<f32>(y + j, a < low ? low : a > high ? high : a);
  }
}

/**
 * y[n, i, j] = Σ x[n, k, i] · z[n, k, j], by strides in bytes. Arguments: x, z, y, their counts n, i, j and k, the strides of x along
 * n, i, k, and of z along n, j, k.
 */
export function contract(p: usize): void {
  let y = <usize>word(p, 2);
  for (let n: u32 = 0; n < word(p, 3); n++) {
    for (let i: u32 = 0; i < word(p, 4); i++) {
      for (let j: u32 = 0; j < word(p, 5); j++, y += 4) {
        let x = <usize>(word(p, 0) + n * word(p, 7) + i * word(p, 8));
        let z = <usize>(word(p, 1) + n * word(p, 10) + j * word(p, 11));
        let sum: f32 = 0;
        for (let k = word(p, 6); k > 0; k--, x += word(p, 9), z += word(p, 12)) sum += load<f32>(x) * load<f32>(z);
        store<f32>(y, sum);
      }
    }
  }
}

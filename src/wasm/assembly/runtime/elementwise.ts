import {erf, exp, log} from './activate';
import {word} from './words';

/** y = function(x), by its number in UNARY of src/runtime. Arguments: x, y, count, function. */
export function unary(p: usize): void {
  let x = <usize>word(p, 0), y = <usize>word(p, 1);
  const kind = word(p, 3);
  for (let left = word(p, 2); left > 0; left--, x += 4, y += 4) {
    v128.store_lane<f32>(y, one(kind, v128.load32_splat(x)), 0);
  }
}

function one(kind: u32, x: v128): v128 {
  switch (kind) {
    case 0: return f32x4.abs(x);
    case 1: return f32x4.sqrt(x);
    case 2: return exp(x);
    case 3: return logarithm(x);
    case 4: return f32x4.floor(x);
    case 5: return f32x4.ceil(x);
    case 6: return f32x4.nearest(x);
    case 7: return f32x4.trunc(x);
    case 8: return sine(x, 0);
    case 9: return sine(x, 1);
    case 10: return erf(x);
    default: return arctangent(x);
  }
}

/** The natural logarithm of all numbers. */
function logarithm(x: v128): v128 {
  const zero = f32x4.splat(0);
  const known = v128.bitselect(x, log(x), f32x4.eq(x, f32x4.splat(<f32>Infinity)));
  const others = v128.bitselect(f32x4.splat(-<f32>Infinity), f32x4.splat(<f32>NaN), f32x4.eq(x, zero));
  return v128.bitselect(known, others, f32x4.gt(x, zero));
}

/** The sine of x, and of x plus quarters of a turn: series for the rest from the nearest quarter. */
function sine(x: v128, quarters: i32): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(0.63661977)));
  // π / 2 in three parts, of which the first two have few digits.
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(1.5703125)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(4.837512969970703125e-4)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(7.549789948768648e-8)));
  const z = f32x4.mul(r, r);
  let s = f32x4.splat(2.755731922e-6);
  s = f32x4.add(f32x4.mul(s, z), f32x4.splat(-1.984126984e-4));
  s = f32x4.add(f32x4.mul(s, z), f32x4.splat(8.333333333e-3));
  s = f32x4.add(f32x4.mul(s, z), f32x4.splat(-0.1666666667));
  s = f32x4.add(r, f32x4.mul(f32x4.mul(s, z), r));
  let c = f32x4.splat(2.480158730e-5);
  c = f32x4.add(f32x4.mul(c, z), f32x4.splat(-1.388888889e-3));
  c = f32x4.add(f32x4.mul(c, z), f32x4.splat(4.166666667e-2));
  c = f32x4.add(f32x4.mul(c, z), f32x4.splat(-0.5));
  c = f32x4.add(f32x4.mul(c, z), f32x4.splat(1));
  const quarter = i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(quarters));
  const isOdd = i32x4.shr_s(i32x4.shl(quarter, 31), 31);
  const sign = i32x4.shl(i32x4.shr_u(quarter, 1), 31);
  return v128.xor(v128.bitselect(c, s, isOdd), sign);
}

/** As in the Cephes library, by tan(a − b) with b of 0, π / 4 or π / 2. */
function arctangent(value: v128): v128 {
  const x = f32x4.abs(value), one = f32x4.splat(1);
  const isLarge = f32x4.gt(x, f32x4.splat(2.414213562373095));
  const isMiddle = v128.andnot(f32x4.gt(x, f32x4.splat(0.4142135623730950)), isLarge);
  const middle = v128.bitselect(f32x4.div(f32x4.sub(x, one), f32x4.add(x, one)), x, isMiddle);
  const r = v128.bitselect(f32x4.div(f32x4.splat(-1), x), middle, isLarge);
  const z = f32x4.mul(r, r);
  let y = f32x4.splat(8.05374449538e-2);
  y = f32x4.add(f32x4.mul(y, z), f32x4.splat(-1.38776856032e-1));
  y = f32x4.add(f32x4.mul(y, z), f32x4.splat(1.99777106478e-1));
  y = f32x4.add(f32x4.mul(y, z), f32x4.splat(-3.33329491539e-1));
  y = f32x4.add(r, f32x4.mul(f32x4.mul(y, z), r));
  y = f32x4.add(y, v128.and(f32x4.splat(1.5707963267948966), isLarge));
  y = f32x4.add(y, v128.and(f32x4.splat(0.7853981633974483), isMiddle));
  return v128.or(y, v128.and(value, f32x4.splat(-0.0)));
}

/** z = function(x, y), by its number in BINARY of src/runtime. Arguments: x, y, z, count, function. */
export function binary(p: usize): void {
  let x = <usize>word(p, 0), y = <usize>word(p, 1), z = <usize>word(p, 2);
  const kind = word(p, 4);
  for (let left = word(p, 3); left > 0; left--, x += 4, y += 4, z += 4) {
    v128.store_lane<f32>(z, pair(kind, v128.load32_splat(x), v128.load32_splat(y)), 0);
  }
}

function pair(kind: u32, x: v128, y: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  const quotient = f32x4.div(x, y);
  switch (kind) {
    case 0: return quotient;
    case 1: return v128.and(quotient, f32x4.ne(y, zero));
    case 2: return f32x4.floor(quotient);
    case 3: return f32x4.sub(x, f32x4.mul(y, f32x4.floor(quotient)));
    case 4: return power(x, y);
    case 5: return angle(x, y);
    case 6: return v128.and(f32x4.eq(x, y), one);
    case 7: return v128.and(f32x4.ne(x, y), one);
    case 8: return v128.and(f32x4.lt(x, y), one);
    case 9: return v128.and(f32x4.le(x, y), one);
    case 10: return v128.and(v128.and(f32x4.ne(x, zero), f32x4.ne(y, zero)), one);
    default: return v128.and(v128.or(f32x4.ne(x, zero), f32x4.ne(y, zero)), one);
  }
}

/** |x|^y, with the sign of x where y is odd, and NaN for roots of negative numbers. */
function power(x: v128, y: v128): v128 {
  const zero = f32x4.splat(0);
  const isWhole = f32x4.eq(f32x4.nearest(y), y);
  const isOdd = i32x4.shl(i32x4.trunc_sat_f32x4_s(y), 31);
  const size = f32x4.abs(x);
  const result = exp(f32x4.mul(y, logarithm(size)));
  const whole = v128.bitselect(f32x4.splat(1), result, f32x4.eq(y, zero));
  const negative = v128.bitselect(v128.xor(whole, isOdd), f32x4.splat(<f32>NaN), isWhole);
  return v128.bitselect(negative, whole, f32x4.lt(x, zero));
}

/** The angle of a point (x, y), as atan2(y, x). */
function angle(y: v128, x: v128): v128 {
  const zero = f32x4.splat(0);
  const half = v128.or(f32x4.splat(3.141592653589793), v128.and(y, f32x4.splat(-0.0)));
  const angle = f32x4.add(arctangent(f32x4.div(y, x)), v128.and(half, f32x4.lt(x, zero)));
  return v128.andnot(angle, v128.and(f32x4.eq(x, zero), f32x4.eq(y, zero)));
}

/** The place of the largest number of each row, the first of several. Arguments: x, numbers in a row, rows, y. */
export function largest(p: usize): void {
  let x = <usize>word(p, 0), y = <usize>word(p, 3);
  for (let left = word(p, 2); left > 0; left--, y += 4) {
    let most = load<f32>(x), place: u32 = 0;
    for (let k: u32 = 0; k < word(p, 1); k++, x += 4) {
      if (load<f32>(x) > most) {
        most = load<f32>(x);
        place = k;
      }
    }
    store<f32>(y, <f32>place);
  }
}

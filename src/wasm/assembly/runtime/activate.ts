import {activate as activateBasic, exp, inlineExp, SIGMOID, TANH} from '../sparse/recurrent';
import {float, word} from './words';

export {exp};

/** y = activation(x), by its number in ACTIVATIONS of src/runtime. Arguments: x, y, count, activation, its parameter. */
export function activate(p: usize): void {
  let x = <usize>word(p, 0), y = <usize>word(p, 1);
  const kind = word(p, 3), alpha = f32x4.splat(float(p, 4));
  let left = <i32>word(p, 2);
  for (; left >= 4; left -= 4, x += 16, y += 16) v128.store(y, apply(kind, v128.load(x), alpha));
  for (; left > 0; left--, x += 4, y += 4) v128.store_lane<f32>(y, apply(kind, v128.load32_splat(x), alpha), 0);
}

function apply(kind: u32, x: v128, alpha: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  switch (kind) {
    case 1: return f32x4.pmax(x, zero);
    case 5: return f32x4.pmin(f32x4.pmax(x, zero), alpha);
    case 6: return orElse(x, f32x4.mul(alpha, f32x4.sub(exp(x), one)));
    case 7: return f32x4.mul(orElse(x, f32x4.mul(f32x4.splat(1.6732632), f32x4.sub(exp(x), one))), f32x4.splat(1.0507009));
    case 8: return softplus(x);
    case 9: return f32x4.div(x, f32x4.add(one, f32x4.abs(x)));
    case 10: return f32x4.mul(x, activateBasic(SIGMOID, x));
    case 11: return f32x4.mul(x, activateBasic(TANH, softplus(x)));
    case 12: return f32x4.mul(f32x4.mul(x, f32x4.splat(0.5)), f32x4.add(one, erf(f32x4.mul(x, f32x4.splat(0.70710678)))));
    case 13: {
      const cube = f32x4.mul(f32x4.mul(x, x), f32x4.mul(x, f32x4.splat(0.044715)));
      return f32x4.mul(
        f32x4.mul(x, f32x4.splat(0.5)),
        f32x4.add(one, activateBasic(TANH, f32x4.mul(f32x4.add(x, cube), f32x4.splat(0.79788456)))),
      );
    }
    case 14: return orElse(x, f32x4.mul(alpha, x));
    case 15: return v128.and(x, f32x4.gt(x, alpha));
    default: return activateBasic(kind, x);
  }
}

/** x where it is positive. */
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function orElse(x: v128, other: v128): v128 {
  return v128.bitselect(x, other, f32x4.gt(x, f32x4.splat(0)));
}

function softplus(x: v128): v128 {
  const rest = log(f32x4.add(f32x4.splat(1), exp(f32x4.neg(f32x4.abs(x)))));
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), rest);
}

/** The natural logarithm of positive numbers, as in the Cephes library. */
export function log(value: v128): v128 {
  const bits = i32x4.sub(value, i32x4.splat(0x3f3504f3));
  const exponent = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x7fffff)), i32x4.splat(0x3f3504f3));
  const x = f32x4.sub(m, f32x4.splat(1));
  const z = f32x4.mul(x, x);
  let y = f32x4.splat(7.0376836292e-2);
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(-1.1514610310e-1));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(1.1676998740e-1));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(-1.2420140846e-1));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(1.4249322787e-1));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(-1.6668057665e-1));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(2.0000714765e-1));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(-2.4999993993e-1));
  y = f32x4.add(f32x4.mul(y, x), f32x4.splat(3.3333331174e-1));
  y = f32x4.sub(f32x4.mul(f32x4.mul(y, x), z), f32x4.mul(z, f32x4.splat(0.5)));
  return f32x4.add(f32x4.add(x, y), f32x4.mul(exponent, f32x4.splat(0.69314718)));
}

/** The error function to 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26. */
export function erf(x: v128): v128 {
  const size = f32x4.abs(x), one = f32x4.splat(1);
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(size, f32x4.splat(0.3275911))));
  let y = f32x4.splat(1.061405429);
  y = f32x4.add(f32x4.mul(y, t), f32x4.splat(-1.453152027));
  y = f32x4.add(f32x4.mul(y, t), f32x4.splat(1.421413741));
  y = f32x4.add(f32x4.mul(y, t), f32x4.splat(-0.284496736));
  y = f32x4.add(f32x4.mul(y, t), f32x4.splat(0.254829592));
  const value = f32x4.sub(one, f32x4.mul(f32x4.mul(y, t), inlineExp(f32x4.neg(f32x4.mul(x, x)))));
  return v128.bitselect(f32x4.neg(value), value, f32x4.lt(x, f32x4.splat(0)));
}

import {pack} from '../sparse/pack';
import {word} from './words';

/** Transposes a matrix. Arguments: x, bytes of a row, rows, columns, y, bytes of a row. */
export function transpose(p: usize): void {
  pack(word(p, 0), word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5));
}

/**
 * y = operation(x, z) for each element, where each operand has its own strides, in bytes. Arguments: the operation, x, z, y, the
 * lengths of six axes, and their strides in x, z and y.
 */
export function strided(p: usize): void {
  const operation = word(p, 0);
  for (let a: u32 = 0; a < word(p, 4); a++) {
    for (let b: u32 = 0; b < word(p, 5); b++) {
      for (let c: u32 = 0; c < word(p, 6); c++) {
        for (let d: u32 = 0; d < word(p, 7); d++) {
          let x = word(p, 1) + a * word(p, 10) + b * word(p, 11) + c * word(p, 12) + d * word(p, 13);
          let z = word(p, 2) + a * word(p, 16) + b * word(p, 17) + c * word(p, 18) + d * word(p, 19);
          let y = word(p, 3) + a * word(p, 22) + b * word(p, 23) + c * word(p, 24) + d * word(p, 25);
          for (let e: u32 = 0; e < word(p, 8); e++, x += word(p, 14), z += word(p, 20), y += word(p, 26)) {
            run(operation, x, z, y, word(p, 9), word(p, 15), word(p, 21), word(p, 27));
          }
        }
      }
    }
  }
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function run(operation: u32, x: usize, z: usize, y: usize, count: u32, xStep: u32, zStep: u32, yStep: u32): void {
  if (yStep === 4 && (xStep & ~4) === 0 && (zStep & ~4) === 0) {
    for (; count >= 4; count -= 4, x += xStep << 2, z += zStep << 2, y += 16) {
      v128.store(y, apply(operation, get(x, xStep), get(z, zStep)));
    }
  }
  for (; count > 0; count--, x += xStep, z += zStep, y += yStep) {
    v128.store_lane<f32>(y, apply(operation, v128.load32_splat(x), v128.load32_splat(z)), 0);
  }
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function get(from: usize, step: u32): v128 {
  return step ? v128.load(from) : v128.load32_splat(from);
}

/** The operations, in the order of `OPERATIONS` of src/runtime. */
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function apply(operation: u32, x: v128, z: v128): v128 {
  switch (operation) {
    case 0: return x;
    case 1: return f32x4.add(x, z);
    case 2: return f32x4.mul(x, z);
    case 3: return f32x4.max(x, z);
    case 4: return f32x4.min(x, z);
    // prelu
    case 5: return v128.bitselect(x, f32x4.mul(x, z), f32x4.ge(x, f32x4.splat(0)));
    default: return f32x4.sub(x, z);
  }
}

/**
 * One row: y = clamp(bias + x · w) by the nonzeros of w, in the order of the outputs, each of which has how many there
 * are, 4 times its number, then 4 times the inputs of four nonzeros and their values, and so on, and for the remaining ones
 * 4 times the input and the value of each.
 */
export function rows(x: usize, nonzeros: usize, outputs: i32, bias: usize, low: f32, high: f32, y: usize): void {
  for (; outputs > 0; outputs--) {
    const count = load<u32>(nonzeros), output = <usize>load<u32>(nonzeros, 4);
    nonzeros += 8;
    // Two sums, as an addition waits for the one before it.
    let a = f32x4.splat(0), b = a;
    for (const end = nonzeros + (<usize>(count & ~7) << 3); nonzeros < end; nonzeros += 64) {
      a = f32x4.add(a, f32x4.mul(gather(x, nonzeros), v128.load(nonzeros, 16)));
      b = f32x4.add(b, f32x4.mul(gather(x, nonzeros + 32), v128.load(nonzeros, 48)));
    }
    if (count & 4) {
      a = f32x4.add(a, f32x4.mul(gather(x, nonzeros), v128.load(nonzeros, 16)));
      nonzeros += 32;
    }
    a = f32x4.add(a, b);
    a = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
    let sum = load<f32>(bias + output) + (f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1));
    for (let left = count & 3; left > 0; left--, nonzeros += 8) {
      sum += load<f32>(nonzeros, 4) * load<f32>(x + load<u32>(nonzeros));
    }
    store<f32>(y + output, sum < low ? low : sum > high ? high : sum);
  }
}

/** The floats at four distances from x. */
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function gather(x: usize, distances: usize): v128 {
  const a = v128.load32_zero(x + load<u32>(distances));
  const b = v128.load_lane<f32>(x + load<u32>(distances, 4), a, 1);
  const c = v128.load_lane<f32>(x + load<u32>(distances, 8), b, 2);
  return v128.load_lane<f32>(x + load<u32>(distances, 12), c, 3);
}

/** The same with blocks of four outputs: an input and four values each, one block after the other. */
export function rowsBy4(x: usize, nonzeros: usize, groups: i32, bias: usize, low: f32, high: f32, y: usize): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (; groups > 0; groups--) {
    const count = load<u32>(nonzeros), output = <usize>load<u32>(nonzeros, 4);
    nonzeros += 8;
    let a = v128.load(bias + output), b = f32x4.splat(0), c = b, d = b;
    for (const end = nonzeros + <usize>(count & ~3) * 20; nonzeros < end; nonzeros += 80) {
      a = f32x4.add(a, f32x4.mul(v128.load32_splat(x + load<u32>(nonzeros)), v128.load(nonzeros, 4)));
      b = f32x4.add(b, f32x4.mul(v128.load32_splat(x + load<u32>(nonzeros, 20)), v128.load(nonzeros, 24)));
      c = f32x4.add(c, f32x4.mul(v128.load32_splat(x + load<u32>(nonzeros, 40)), v128.load(nonzeros, 44)));
      d = f32x4.add(d, f32x4.mul(v128.load32_splat(x + load<u32>(nonzeros, 60)), v128.load(nonzeros, 64)));
    }
    for (let left = count & 3; left > 0; left--, nonzeros += 20) {
      a = f32x4.add(a, f32x4.mul(v128.load32_splat(x + load<u32>(nonzeros)), v128.load(nonzeros, 4)));
    }
    v128.store(y + output, f32x4.pmin(f32x4.pmax(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), least), most));
  }
}

/**
 * Outputs of 16 neighboring pixels: clamp(bias + Σ value · plane), where the nonzeros say which place of which plane.
 *
 * @param x The first of the 16 pixels, in the first plane.
 * @param nonzeros For each output: how many there are, 4 times its number, then the distance from x and the value of each.
 * @param to An output is 16 floats, at 16 times 4 times its number.
 */
export function tiles(x: usize, nonzeros: usize, outputs: i32, bias: usize, low: f32, high: f32, to: usize): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (; outputs > 0; outputs--) {
    const count = load<u32>(nonzeros), output = <usize>load<u32>(nonzeros, 4);
    nonzeros += 8;
    let a = v128.load32_splat(bias + output), b = a, c = a, d = a;
    // Two a turn.
    for (const end = nonzeros + (<usize>(count & ~1) << 3); nonzeros < end; nonzeros += 16) {
      const p = x + load<u32>(nonzeros), v = v128.load32_splat(nonzeros, 4);
      const q = x + load<u32>(nonzeros, 8), w = v128.load32_splat(nonzeros, 12);
      a = f32x4.add(f32x4.add(a, f32x4.mul(v, v128.load(p))), f32x4.mul(w, v128.load(q)));
      b = f32x4.add(f32x4.add(b, f32x4.mul(v, v128.load(p, 16))), f32x4.mul(w, v128.load(q, 16)));
      c = f32x4.add(f32x4.add(c, f32x4.mul(v, v128.load(p, 32))), f32x4.mul(w, v128.load(q, 32)));
      d = f32x4.add(f32x4.add(d, f32x4.mul(v, v128.load(p, 48))), f32x4.mul(w, v128.load(q, 48)));
    }
    if (count & 1) {
      const p = x + load<u32>(nonzeros), v = v128.load32_splat(nonzeros, 4);
      a = f32x4.add(a, f32x4.mul(v, v128.load(p)));
      b = f32x4.add(b, f32x4.mul(v, v128.load(p, 16)));
      c = f32x4.add(c, f32x4.mul(v, v128.load(p, 32)));
      d = f32x4.add(d, f32x4.mul(v, v128.load(p, 48)));
      nonzeros += 8;
    }
    const place = to + (output << 4);
    v128.store(place, f32x4.pmin(f32x4.pmax(a, least), most));
    v128.store(place, f32x4.pmin(f32x4.pmax(b, least), most), 16);
    v128.store(place, f32x4.pmin(f32x4.pmax(c, least), most), 32);
    v128.store(place, f32x4.pmin(f32x4.pmax(d, least), most), 48);
  }
}

/** The same with blocks of two outputs, which share the pixels: a distance and two values each. */
export function tilesBy2(x: usize, nonzeros: usize, pairs: i32, bias: usize, low: f32, high: f32, to: usize): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (; pairs > 0; pairs--) {
    const count = load<u32>(nonzeros), output = <usize>load<u32>(nonzeros, 4);
    nonzeros += 8;
    let a = v128.load32_splat(bias + output), b = a, c = a, d = a;
    let e = v128.load32_splat(bias + output, 4), f = e, g = e, h = e;
    for (const end = nonzeros + <usize>count * 12; nonzeros < end; nonzeros += 12) {
      const p = x + load<u32>(nonzeros), v = v128.load32_splat(nonzeros, 4), w = v128.load32_splat(nonzeros, 8);
      let y = v128.load(p);
      a = f32x4.add(a, f32x4.mul(v, y));
      e = f32x4.add(e, f32x4.mul(w, y));
      y = v128.load(p, 16);
      b = f32x4.add(b, f32x4.mul(v, y));
      f = f32x4.add(f, f32x4.mul(w, y));
      y = v128.load(p, 32);
      c = f32x4.add(c, f32x4.mul(v, y));
      g = f32x4.add(g, f32x4.mul(w, y));
      y = v128.load(p, 48);
      d = f32x4.add(d, f32x4.mul(v, y));
      h = f32x4.add(h, f32x4.mul(w, y));
    }
    const place = to + (output << 4);
    v128.store(place, f32x4.pmin(f32x4.pmax(a, least), most));
    v128.store(place, f32x4.pmin(f32x4.pmax(b, least), most), 16);
    v128.store(place, f32x4.pmin(f32x4.pmax(c, least), most), 32);
    v128.store(place, f32x4.pmin(f32x4.pmax(d, least), most), 48);
    v128.store(place, f32x4.pmin(f32x4.pmax(e, least), most), 64);
    v128.store(place, f32x4.pmin(f32x4.pmax(f, least), most), 80);
    v128.store(place, f32x4.pmin(f32x4.pmax(g, least), most), 96);
    v128.store(place, f32x4.pmin(f32x4.pmax(h, least), most), 112);
  }
}

/**
 * A row of outputs: clamp(bias + Σ value · plane), where the list says which place of which plane. Up to eight floats beyond the
 * end of the row are overwritten.
 *
 * @param x The first pixel of the row, in the first plane.
 * @param list For each group of `size` outputs: the number of its blocks, 4 times its first output, then the distance from x and
 *   the `size` values of each block.
 * @param plane The bytes from an output to the next in y.
 */
export function line(
  x: usize, width: i32, list: usize, groups: i32, size: i32, bias: usize, low: f32, high: f32, y: usize, plane: usize,
): void {
  const step = plane >> 2;
  while (width > 0) {
    const isWide = width > 8;
    if (size === 4) {
      if (isWide) {
        eightBy4(x, list, groups, bias, low, high, y, step);
        eightBy4(x + 32, list, groups, bias, low, high, y + 32, step);
      } else if (width > 4) eightBy4(x, list, groups, bias, low, high, y, step);
      else fourBy4(x, list, groups, bias, low, high, y, step);
    } else if (size === 2) {
      if (isWide) sixteenBy2(x, list, groups, bias, low, high, y, step);
      else fourBy2(x, list, groups, bias, low, high, y, step);
    } else {
      if (isWide) sixteen(x, list, groups, bias, low, high, y, step);
      else four(x, list, groups, bias, low, high, y, step);
    }
    const done = isWide ? 16 : size === 4 && width > 4 ? 8 : 4;
    width -= done;
    x += <usize>done << 2;
    y += <usize>done << 2;
  }
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function put(to: usize, value: v128, least: v128, most: v128): void {
  v128.store(to, f32x4.pmin(f32x4.pmax(value, least), most));
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function plus(sum: v128, weight: v128, x: v128): v128 {
  return f32x4.add(sum, f32x4.mul(weight, x));
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function sixteen(x: usize, list: usize, groups: i32, bias: usize, low: f32, high: f32, y: usize, step: usize): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (; groups > 0; groups--) {
    const count = load<u32>(list), output = <usize>load<u32>(list, 4);
    list += 8;
    let a = v128.load32_splat(bias + output), b = a, c = a, d = a;
    // Two a turn.
    for (const end = list + (<usize>(count & ~1) << 3); list < end; list += 16) {
      const p = x + load<u32>(list), v = v128.load32_splat(list, 4);
      const q = x + load<u32>(list, 8), w = v128.load32_splat(list, 12);
      a = plus(plus(a, v, v128.load(p)), w, v128.load(q));
      b = plus(plus(b, v, v128.load(p, 16)), w, v128.load(q, 16));
      c = plus(plus(c, v, v128.load(p, 32)), w, v128.load(q, 32));
      d = plus(plus(d, v, v128.load(p, 48)), w, v128.load(q, 48));
    }
    if (count & 1) {
      const p = x + load<u32>(list), v = v128.load32_splat(list, 4);
      a = plus(a, v, v128.load(p));
      b = plus(b, v, v128.load(p, 16));
      c = plus(c, v, v128.load(p, 32));
      d = plus(d, v, v128.load(p, 48));
      list += 8;
    }
    const to = y + output * step;
    put(to, a, least, most);
    put(to + 16, b, least, most);
    put(to + 32, c, least, most);
    put(to + 48, d, least, most);
  }
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function four(x: usize, list: usize, groups: i32, bias: usize, low: f32, high: f32, y: usize, step: usize): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (; groups > 0; groups--) {
    const count = load<u32>(list), output = <usize>load<u32>(list, 4);
    list += 8;
    let a = v128.load32_splat(bias + output), b = f32x4.splat(0);
    for (const end = list + (<usize>(count & ~1) << 3); list < end; list += 16) {
      a = plus(a, v128.load32_splat(list, 4), v128.load(x + load<u32>(list)));
      b = plus(b, v128.load32_splat(list, 12), v128.load(x + load<u32>(list, 8)));
    }
    if (count & 1) {
      a = plus(a, v128.load32_splat(list, 4), v128.load(x + load<u32>(list)));
      list += 8;
    }
    put(y + output * step, f32x4.add(a, b), least, most);
  }
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function sixteenBy2(x: usize, list: usize, pairs: i32, bias: usize, low: f32, high: f32, y: usize, step: usize): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (; pairs > 0; pairs--) {
    const count = load<u32>(list), output = <usize>load<u32>(list, 4);
    list += 8;
    let a = v128.load32_splat(bias + output), b = a, c = a, d = a;
    let e = v128.load32_splat(bias + output, 4), f = e, g = e, h = e;
    for (const end = list + <usize>count * 12; list < end; list += 12) {
      const p = x + load<u32>(list), v = v128.load32_splat(list, 4), w = v128.load32_splat(list, 8);
      let z = v128.load(p);
      a = plus(a, v, z);
      e = plus(e, w, z);
      z = v128.load(p, 16);
      b = plus(b, v, z);
      f = plus(f, w, z);
      z = v128.load(p, 32);
      c = plus(c, v, z);
      g = plus(g, w, z);
      z = v128.load(p, 48);
      d = plus(d, v, z);
      h = plus(h, w, z);
    }
    let to = y + output * step;
    put(to, a, least, most);
    put(to + 16, b, least, most);
    put(to + 32, c, least, most);
    put(to + 48, d, least, most);
    to += step << 2;
    put(to, e, least, most);
    put(to + 16, f, least, most);
    put(to + 32, g, least, most);
    put(to + 48, h, least, most);
  }
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function fourBy2(x: usize, list: usize, pairs: i32, bias: usize, low: f32, high: f32, y: usize, step: usize): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (; pairs > 0; pairs--) {
    const count = load<u32>(list), output = <usize>load<u32>(list, 4);
    list += 8;
    let a = v128.load32_splat(bias + output), b = v128.load32_splat(bias + output, 4);
    for (const end = list + <usize>count * 12; list < end; list += 12) {
      const z = v128.load(x + load<u32>(list));
      a = plus(a, v128.load32_splat(list, 4), z);
      b = plus(b, v128.load32_splat(list, 8), z);
    }
    const to = y + output * step;
    put(to, a, least, most);
    put(to + (step << 2), b, least, most);
  }
}

function eightBy4(x: usize, list: usize, groups: i32, bias: usize, low: f32, high: f32, y: usize, step: usize): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  const plane = step << 2;
  for (; groups > 0; groups--) {
    const count = load<u32>(list), output = <usize>load<u32>(list, 4);
    list += 8;
    let a = v128.load32_splat(bias + output), b = a;
    let c = v128.load32_splat(bias + output, 4), d = c;
    let e = v128.load32_splat(bias + output, 8), f = e;
    let g = v128.load32_splat(bias + output, 12), h = g;
    for (const end = list + <usize>count * 20; list < end; list += 20) {
      const p = x + load<u32>(list);
      const z = v128.load(p), t = v128.load(p, 16);
      let w = v128.load32_splat(list, 4);
      a = plus(a, w, z);
      b = plus(b, w, t);
      w = v128.load32_splat(list, 8);
      c = plus(c, w, z);
      d = plus(d, w, t);
      w = v128.load32_splat(list, 12);
      e = plus(e, w, z);
      f = plus(f, w, t);
      w = v128.load32_splat(list, 16);
      g = plus(g, w, z);
      h = plus(h, w, t);
    }
    let to = y + output * step;
    put(to, a, least, most);
    put(to + 16, b, least, most);
    to += plane;
    put(to, c, least, most);
    put(to + 16, d, least, most);
    to += plane;
    put(to, e, least, most);
    put(to + 16, f, least, most);
    to += plane;
    put(to, g, least, most);
    put(to + 16, h, least, most);
  }
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function fourBy4(x: usize, list: usize, groups: i32, bias: usize, low: f32, high: f32, y: usize, step: usize): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  const plane = step << 2;
  for (; groups > 0; groups--) {
    const count = load<u32>(list), output = <usize>load<u32>(list, 4);
    list += 8;
    let a = v128.load32_splat(bias + output), b = v128.load32_splat(bias + output, 4);
    let c = v128.load32_splat(bias + output, 8), d = v128.load32_splat(bias + output, 12);
    for (const end = list + <usize>count * 20; list < end; list += 20) {
      const z = v128.load(x + load<u32>(list));
      a = plus(a, v128.load32_splat(list, 4), z);
      b = plus(b, v128.load32_splat(list, 8), z);
      c = plus(c, v128.load32_splat(list, 12), z);
      d = plus(d, v128.load32_splat(list, 16), z);
    }
    const to = y + output * step;
    put(to, a, least, most);
    put(to + plane, b, least, most);
    put(to + 2 * plane, c, least, most);
    put(to + 3 * plane, d, least, most);
  }
}

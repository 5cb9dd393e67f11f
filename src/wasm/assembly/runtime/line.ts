/**
 * A row of outputs: clamp(bias + Σ value · plane), where the list says which place of which plane. Up to eight floats beyond the
 * end of the row are overwritten.
 *
 * @param x The first pixel of the row, in the first plane.
 * @param list For each group of `size` (1 or 2) outputs: the number of its blocks, 4 times its first output, then the distance from x and
 *   the `size` values of each block.
 * @param plane The bytes from an output to the next in y.
 */
export function line(
  x: usize, width: i32, list: usize, groups: i32, size: i32, bias: usize, low: f32, high: f32, y: usize, plane: usize,
): void {
  while (width > 0) {
    const vectors = width > 8 ? 4 : width > 4 ? 2 : 1;
    if (size === 2) {
      if (vectors === 4) pairs(4, x, list, groups, bias, low, high, y, plane);
      else if (vectors === 2) pairs(2, x, list, groups, bias, low, high, y, plane);
      else pairs(1, x, list, groups, bias, low, high, y, plane);
    } else {
      if (vectors === 4) singles(4, x, list, groups, bias, low, high, y, plane);
      else if (vectors === 2) singles(2, x, list, groups, bias, low, high, y, plane);
      else singles(1, x, list, groups, bias, low, high, y, plane);
    }
    width -= vectors << 2;
    x += <usize>vectors << 4;
    y += <usize>vectors << 4;
  }
}

/** Single outputs of `vectors` (1, 2 or 4) times four pixels. A constant, so that each call becomes a loop without branches. */
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function singles(
  vectors: i32, x: usize, list: usize, groups: i32, bias: usize, low: f32, high: f32, y: usize, plane: usize,
): void {
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
      if (vectors > 1) b = plus(plus(b, v, v128.load(p, 16)), w, v128.load(q, 16));
      if (vectors > 2) {
        c = plus(plus(c, v, v128.load(p, 32)), w, v128.load(q, 32));
        d = plus(plus(d, v, v128.load(p, 48)), w, v128.load(q, 48));
      }
    }
    if (count & 1) {
      const p = x + load<u32>(list), v = v128.load32_splat(list, 4);
      a = plus(a, v, v128.load(p));
      if (vectors > 1) b = plus(b, v, v128.load(p, 16));
      if (vectors > 2) {
        c = plus(c, v, v128.load(p, 32));
        d = plus(d, v, v128.load(p, 48));
      }
      list += 8;
    }
    put(vectors, y + output * (plane >> 2), a, b, c, d, least, most);
  }
}

/** The same for pairs of outputs, which share the pixels. */
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function pairs(
  vectors: i32, x: usize, list: usize, groups: i32, bias: usize, low: f32, high: f32, y: usize, plane: usize,
): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (; groups > 0; groups--) {
    const count = load<u32>(list), output = <usize>load<u32>(list, 4);
    list += 8;
    let a = v128.load32_splat(bias + output), b = a, c = a, d = a;
    let e = v128.load32_splat(bias + output, 4), f = e, g = e, h = e;
    for (const end = list + <usize>count * 12; list < end; list += 12) {
      const p = x + load<u32>(list), v = v128.load32_splat(list, 4), w = v128.load32_splat(list, 8);
      let z = v128.load(p);
      a = plus(a, v, z);
      e = plus(e, w, z);
      if (vectors > 1) {
        z = v128.load(p, 16);
        b = plus(b, v, z);
        f = plus(f, w, z);
      }
      if (vectors > 2) {
        z = v128.load(p, 32);
        c = plus(c, v, z);
        g = plus(g, w, z);
        z = v128.load(p, 48);
        d = plus(d, v, z);
        h = plus(h, w, z);
      }
    }
    const to = y + output * (plane >> 2);
    put(vectors, to, a, b, c, d, least, most);
    put(vectors, to + plane, e, f, g, h, least, most);
  }
}

/** Writes `vectors` of four sums. */
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function put(vectors: i32, to: usize, a: v128, b: v128, c: v128, d: v128, least: v128, most: v128): void {
  v128.store(to, clamp(a, least, most));
  if (vectors > 1) v128.store(to, clamp(b, least, most), 16);
  if (vectors > 2) {
    v128.store(to, clamp(c, least, most), 32);
    v128.store(to, clamp(d, least, most), 48);
  }
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function clamp(value: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(value, least), most);
}

// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
function plus(sum: v128, weight: v128, x: v128): v128 {
  return f32x4.add(sum, f32x4.mul(weight, x));
}

// Weights rounded to the values of a grid: all elements, or those at given positions, with zeros in between.

/** The entry with as many entries before it as there are borders below x. @param count The number of borders, 2^k − 1. */
export function roundToCodebook(
  x: usize, size: i32, positions: usize, places: i32, borders: usize, count: i32, entries: usize, y: usize,
): void {
  const length = <usize>(count + 1) << 2;
  if (positions) {
    memory.fill(y, 0, <usize>size << 2);
    for (const end = positions + (<usize>places << 2); positions < end; positions += 4) {
      const at = <usize>load<u32>(positions) << 2;
      store<f32>(y + at, entryFrom(0, length >> 1, load<f32>(x + at), borders, entries));
    }
    return;
  }
  const end = x + (<usize>size << 2), part = length >> 4;
  if (count < 16) {
    for (; x + 64 <= end; x += 64, y += 64) compareAll(x, borders, length, entries, y);
  } else {
    for (; x + 64 <= end; x += 64, y += 64) {
      findParts(x, borders, part, length, y);
      for (let i: usize = 0; i < 64; i += 4) {
        store<f32>(y + i, entryFrom(load<u32>(y + i), part >> 1, load<f32>(x + i), borders, entries));
      }
    }
  }
  for (; x < end; x += 4, y += 4) store<f32>(y, entryFrom(0, length >> 1, load<f32>(x), borders, entries));
}

/** The same by halving, from a known part of the borders on. @param at Where it begins. @param step Half of its length. Both in bytes. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function entryFrom(at: usize, step: usize, x: f32, borders: usize, entries: usize): f32 {
  for (; step >= 4; step >>= 1) {
    // A conditional would be a branch, which is mispredicted half of the time.
    at += step & -<usize>(x > load<f32>(borders + at + step - 4));
  }
  return load<f32>(entries + at);
}

/** The same for 16 numbers, each compared with all borders: the bits of the entries change by a difference at each border. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function compareAll(x: usize, borders: usize, length: usize, entries: usize, y: usize): void {
  const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
  let entry = v128.load32_splat(entries);
  let y0 = entry, y1 = entry, y2 = entry, y3 = entry;
  for (const end = borders + length - 4; borders < end; borders += 4) {
    entries += 4;
    const border = v128.load32_splat(borders), next = v128.load32_splat(entries);
    const change = i32x4.sub(next, entry);
    y0 = i32x4.add(y0, v128.and(f32x4.gt(x0, border), change));
    y1 = i32x4.add(y1, v128.and(f32x4.gt(x1, border), change));
    y2 = i32x4.add(y2, v128.and(f32x4.gt(x2, border), change));
    y3 = i32x4.add(y3, v128.and(f32x4.gt(x3, border), change));
    entry = next;
  }
  v128.store(y, y0);
  v128.store(y, y1, 16);
  v128.store(y, y2, 32);
  v128.store(y, y3, 48);
}

/** Stores for 16 numbers in which part of the borders they belong, as where it begins. @param part The length of one. All in bytes. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function findParts(x: usize, borders: usize, part: usize, length: usize, y: usize): void {
  const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
  const PART = i32x4.splat(<i32>part), zero = i32x4.splat(0);
  let y0 = zero, y1 = zero, y2 = zero, y3 = zero;
  for (let at = part; at < length; at += part) {
    const border = v128.load32_splat(borders + at - 4);
    y0 = i32x4.add(y0, v128.and(f32x4.gt(x0, border), PART));
    y1 = i32x4.add(y1, v128.and(f32x4.gt(x1, border), PART));
    y2 = i32x4.add(y2, v128.and(f32x4.gt(x2, border), PART));
    y3 = i32x4.add(y3, v128.and(f32x4.gt(x3, border), PART));
  }
  v128.store(y, y0);
  v128.store(y, y1, 16);
  v128.store(y, y2, 32);
  v128.store(y, y3, 48);
}

/** The nearest multiple of a scale, from −most to most times it. @param scales One for each position, or element. */
export function roundToSteps(
  x: usize, size: i32, positions: usize, places: i32, scales: usize, most: f32, y: usize,
): void {
  if (positions) {
    memory.fill(y, 0, <usize>size << 2);
    for (const end = positions + (<usize>places << 2); positions < end; positions += 4, scales += 4) {
      const at = <usize>load<u32>(positions) << 2;
      store<f32>(y + at, multiple(load<f32>(x + at), load<f32>(scales), most));
    }
    return;
  }
  const end = x + (<usize>size << 2), MOST = f32x4.splat(most), LEAST = f32x4.splat(-most), zero = f32x4.splat(0);
  for (; x + 16 <= end; x += 16, y += 16, scales += 16) {
    const scale = v128.load(scales);
    const steps = f32x4.min(f32x4.max(f32x4.nearest(f32x4.div(v128.load(x), scale)), LEAST), MOST);
    v128.store(y, f32x4.mul(f32x4.add(steps, zero), scale));
  }
  for (; x < end; x += 4, y += 4, scales += 4) store<f32>(y, multiple(load<f32>(x), load<f32>(scales), most));
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function multiple(x: f32, scale: f32, most: f32): f32 {
  const steps: f32 = min(max(nearest(x / scale), -most), most);
  // Not −0; the compiler would leave out the addition of 0.
  return steps === 0 ? 0 : steps * scale;
}

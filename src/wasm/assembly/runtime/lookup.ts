import {float, word} from './words';

/** Sets neighbors to a number. Arguments: y, count, value. */
export function fill(p: usize): void {
  let y = <usize>word(p, 0);
  for (let left = word(p, 1); left > 0; left--, y += 4) store<f32>(y, float(p, 2));
}

/** Rows of a table by their numbers. Arguments: table, rows of it, bytes of a row, numbers, count, y. */
export function gather(p: usize): void {
  let y = <usize>word(p, 5), numbers = <usize>word(p, 3);
  const bytes = <usize>word(p, 2);
  for (let left = word(p, 4); left > 0; left--, numbers += 4, y += bytes) {
    const number = <i32>load<f32>(numbers);
    const row = max(0, min(<i32>word(p, 1) - 1, number));
    memory.copy(y, word(p, 0) + <usize>row * bytes, bytes);
  }
}

/** Whether any number of a row differs from a value: 1 or 0. Arguments: x, numbers in a row, rows, value, y. */
export function differs(p: usize): void {
  let x = <usize>word(p, 0), y = <usize>word(p, 4);
  const bytes = <usize>word(p, 1) << 2;
  for (let left = word(p, 2); left > 0; left--, y += 4) {
    let any: f32 = 0;
    for (const end = x + bytes; x < end; x += 4) if (load<f32>(x) !== float(p, 3)) any = 1;
    store<f32>(y, any);
  }
}

/**
 * Puts old rows in the place of the new ones that a mask excludes. Arguments: mask, bytes to the next of it, rows, bytes of a row, the
 * old rows, the new ones, bytes to the next of these.
 */
export function blend(p: usize): void {
  let mask = <usize>word(p, 0), old = <usize>word(p, 4), y = <usize>word(p, 5);
  for (let left = word(p, 2); left > 0; left--, mask += word(p, 1), old += word(p, 3), y += word(p, 6)) {
    if (load<f32>(mask) === 0) memory.copy(y, old, word(p, 3));
  }
}

/** Categories as vectors. Arguments: x, numbers in a row, rows, categories, y, whether it counts them (or sets 1). */
export function encode(p: usize): void {
  let x = <usize>word(p, 0), y = <usize>word(p, 4);
  const categories = word(p, 3), counts = word(p, 5) !== 0;
  for (let left = word(p, 2); left > 0; left--, y += <usize>categories << 2) {
    memory.fill(y, 0, <usize>categories << 2);
    for (let k = word(p, 1); k > 0; k--, x += 4) {
      const category = <u32>load<f32>(x);
      if (category >= categories) continue;
      const to = y + (<usize>category << 2);
      store<f32>(to, counts ? load<f32>(to) + 1 : 1);
    }
  }
}

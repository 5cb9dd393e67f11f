import {word} from '../runtime/words';
import {bit, plain, tree} from './coder';

// How the values of a constant are coded, as `form` reads it.
let kind: u32 = 0;
let width: u32 = 0;
let table: usize = 0;
let factors: usize = 0;

// The first context of each use, as in src/ship/encoder.ts.
const EXPONENTS: u32 = 0x100;
const LEVELS: u32 = 0x200;
const INDICES: u32 = 0x300;

/**
 * Begins the values of a constant. Arguments: 0 for floats with a fraction of `width` bits, 1 for multiples of the scale of their output,
 * 2 for indices of `width` bits into a table; `width`; the scales or the table; factors for the outputs, or 0.
 */
function form(p: usize): void {
  kind = word(p, 0);
  width = word(p, 1);
  table = word(p, 2);
  factors = word(p, 3);
}

/** The bits of a nonzero element. */
function value(output: usize): f32 {
  let x: f32;
  if (kind === 0) {
    const exponent = tree(EXPONENTS, 8) << 23;
    const more = width > 12 ? width - 12 : 0;
    const fraction = (plain(width - more) << more) | plain(more);
    x = reinterpret<f32>((plain(1) << 31) | exponent | (fraction << (23 - width)));
  } else if (kind === 1) {
    x = <f32>(<i32>tree(LEVELS, 8) - 128) * load<f32>(table + output);
  } else {
    x = load<f32>(table + (<usize>tree(INDICES, width) << 2));
  }
  return factors ? x * load<f32>(factors + output) : x;
}

/** Values one after the other. Arguments: four of `form`; where to, count, outputs in a row. */
export function floats(p: usize): void {
  form(p);
  let y = <usize>word(p, 4);
  const outputs = <usize>word(p, 6) << 2;
  let output: usize = 0;
  for (let left = word(p, 5); left > 0; left--, y += 4) {
    store<f32>(y, bit(0) ? value(output) : 0);
    output += 4;
    if (output === outputs) output = 0;
  }
}

/**
 * A list of the nonzeros of a matrix, as src/runtime/kernels/list.ts describes it. Arguments: four of `form`; where to, groups of
 * outputs, size of the blocks, whether their places come by fours; memory for as many bytes; runs of places, the length of
 * each, bytes from a place to the next, the first place of each run.
 */
export function list(p: usize): void {
  form(p);
  const groups = word(p, 5), bytes = <usize>word(p, 6) << 2, scratch = <usize>word(p, 8);
  let end = scratch;
  for (let group: u32 = 0; group < groups; group++) {
    const head = end, output = <usize>group * bytes;
    let count = 0;
    end += 8;
    for (let run: u32 = 0; run < word(p, 9); run++) {
      let place = word(p, 12 + run);
      for (let left = word(p, 10); left > 0; left--, place += word(p, 11)) {
        let isEmpty = true;
        for (let j: usize = 0; j < bytes; j += 4) {
          const isSet = bit(0);
          store<f32>(end + 4 + j, isSet ? value(output + j) : 0);
          if (isSet) isEmpty = false;
        }
        if (isEmpty) continue;
        store<u32>(end, place);
        end += 4 + bytes;
        count++;
      }
    }
    store<u32>(head, count);
    store<u32>(head, <u32>output, 4);
  }
  sort(scratch, end, <usize>word(p, 4), bytes, word(p, 7) !== 0);
}

/** Copies the groups of a list by their counts. */
function sort(from: usize, end: usize, to: usize, bytes: usize, byFours: bool): void {
  for (let count: u32 = 0; ; ) {
    let next = u32.MAX_VALUE;
    for (let head = from; head < end; ) {
      const own = load<u32>(head);
      const size = 8 + <usize>own * (bytes + 4);
      if (own === count) {
        memory.copy(to, head, size);
        if (byFours) interleave(to + 8, own >>> 2);
        to += size;
      } else if (own > count) next = min(next, own);
      head += size;
    }
    if (next === u32.MAX_VALUE) return;
    count = next;
  }
}

/** Rearranges four places with a value each. */
function interleave(at: usize, times: u32): void {
  for (; times > 0; times--, at += 32) {
    const a = v128.load(at), b = v128.load(at, 16);
    v128.store(at, v128.shuffle<i32>(a, b, 0, 2, 4, 6));
    v128.store(at, v128.shuffle<i32>(a, b, 1, 3, 5, 7), 16);
  }
}

import {word} from '../runtime/words';

/**
 * A binary arithmetic decoder with adaptive probabilities: a range coder as in LZMA, where each probability adapts to the bits it has seen.
 * src/ship/encoder.ts is its counterpart.
 */
let from: usize = 0;
let contexts: usize = 0;
let range: u32 = 0;
let code: u32 = 0;

/** Begins to decode. Arguments: the coded bytes; memory for contexts, which is all 0. */
export function open(p: usize): void {
  from = word(p, 0);
  contexts = word(p, 1);
  range = 0;
  code = 0;
  // A range of 0 takes four bytes, after which it is the whole.
  for (let i = 0; i < 4; i++) take();
  range = u32.MAX_VALUE;
}

function take(): void {
  code = (code << 8) | load<u8>(from++);
  range <<= 8;
}

/** A bit with the probability of a context: in 16 bits, whose first is turned, above the number of bits it has seen. */
export function bit(context: u32): u32 {
  const at = contexts + (<usize>context << 2);
  const state = load<u32>(at);
  const seen = state & 0xff;
  const chance = <i32>((state >>> 16) ^ 0x8000);
  const bound = (range >>> 16) * chance;
  const isSet = code < bound;
  let next: i32;
  if (isSet) {
    range = bound;
    next = chance + (0x10000 - chance) * 2 / (2 * seen + 3);
  } else {
    code -= bound;
    range -= bound;
    next = chance - chance * 2 / (2 * seen + 3);
  }
  next = max(32, min(0xffe0, next));
  store<u32>(at, ((next ^ 0x8000) << 16) | min(seen + 1, 254));
  while (range < 0x1000000) take();
  return u32(isSet);
}

/** A number of some bits, each with a context for those before it. */
export function tree(context: u32, bits: u32): u32 {
  let symbol: u32 = 1;
  for (let i = bits; i > 0; i--) symbol = (symbol << 1) | bit(context + symbol);
  return symbol - (1 << bits);
}

/** A number of up to 12 bits, all as likely. */
export function plain(bits: u32): u32 {
  range >>>= bits;
  const number = code / range;
  code -= number * range;
  while (range < 0x1000000) take();
  return number;
}

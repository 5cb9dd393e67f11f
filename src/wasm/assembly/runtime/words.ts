/** The k-th word of the arguments of a kernel. */
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
export function word(p: usize, k: usize): u32 {
  return load<u32>(p + (k << 2));
}

/** The same as a float. */
// @ts-ignore: decorators are no syntax of functions in TypeScript
@inline
export function float(p: usize, k: usize): f32 {
  return load<f32>(p + (k << 2));
}

/**
 * The number of elements that a loop handles per call. V8 discards on-stack-replaced code when a loop exits into
 * unprofiled code, so one long loop would be deoptimized every time.
 */
const BLOCK = 2048;

/** Calls a loop with the limits of each block of elements. */
export function inBlocks(count: number, loop: (from: number, to: number) => void): void {
  for (let from = 0; from < count; from += BLOCK) loop(from, Math.min(count, from + BLOCK));
}

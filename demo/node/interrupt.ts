/** The exit code of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/** npm and the terminal both pass Ctrl-C on: it arrives twice, within so many milliseconds. */
const SAME = 1000;

/**
 * Calls a function at the first Ctrl-C; a later one ends the program.
 *
 * @returns A function that stops listening, if there was none.
 */
export function onInterrupt(interrupt: () => void): () => void {
  let first: number | undefined;
  const listen = () => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      interrupt();
    } else if (now - first > SAME) {
      process.exit(INTERRUPTED);
    }
  };
  process.on('SIGINT', listen);
  return () => {
    if (first === undefined) process.off('SIGINT', listen);
  };
}

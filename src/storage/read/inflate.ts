import {LARGEST_HEAD} from '../format';
import {damaged} from './Reader';

// Uses the platform's decompression, in browsers since 2023 and in Node, which adds no code.

/** The highest compression ratio of deflate. */
const HIGHEST_RATIO = 1032;

/**
 * Inflates bytes in a window that begins with a dictionary.
 *
 * @throws unless the bytes inflate to exactly `length`; never holds much more than that.
 */
export async function inflate(
  bytes: Uint8Array,
  length: number,
  dictionary: Uint8Array<ArrayBuffer> = new Uint8Array(),
): Promise<Uint8Array<ArrayBuffer>> {
  if (length > Math.min(bytes.length * HIGHEST_RATIO, LARGEST_HEAD)) {
    throw damaged(`${bytes.length} bytes cannot inflate to ${length}`);
  }
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  // The platform takes no dictionary, but an uncompressed block before the others fills the window in the same way.
  const size = dictionary.length;
  const before = size === 0 ? [] : [0, size, size >> 8, ~size, ~size >> 8];
  // Errors in the bytes are caught on the reading side.
  for (const part of [Uint8Array.from(before), dictionary, bytes.slice()]) {
    writer.write(part).catch(() => {});
  }
  writer.close().catch(() => {});
  const reader = stream.readable.getReader();
  const inflated = new Uint8Array(size + length);
  let at = 0;
  try {
    for (;;) {
      const {done, value} = await reader.read();
      if (done) {
        break;
      }
      // Throws if there is no room left.
      inflated.set(value, at);
      at += value.length;
    }
  } catch {
    reader.cancel().catch(() => {});
    at = -1;
  }
  if (at !== size + length) {
    throw damaged(`its head cannot be inflated to ${length} bytes`);
  }
  return inflated.subarray(size);
}

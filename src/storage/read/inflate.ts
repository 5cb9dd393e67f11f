import {LARGEST_HEAD} from '../format';
import {damaged} from './Reader';

// Uses the platform's decompression, in browsers since 2023 and in Node, which adds no code.

/** The highest compression ratio of deflate. */
const HIGHEST_RATIO = 1032;

/** @throws unless the bytes inflate to exactly `length`; never holds much more than that. */
export async function inflate(bytes: Uint8Array, length: number): Promise<Uint8Array> {
  if (length > Math.min(bytes.length * HIGHEST_RATIO, LARGEST_HEAD)) {
    throw damaged(`${bytes.length} bytes cannot inflate to ${length}`);
  }
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  // Errors in the bytes are caught on the reading side.
  writer.write(bytes.slice()).catch(() => {});
  writer.close().catch(() => {});
  const reader = stream.readable.getReader();
  const inflated = new Uint8Array(length);
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
  if (at !== length) {
    throw damaged(`its head cannot be inflated to ${length} bytes`);
  }
  return inflated;
}

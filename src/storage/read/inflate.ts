import {LARGEST_HEAD} from '../format';
import {damaged} from './Reader';

// The platform's own, for it costs no bytes, and is in browsers since 2023 and in Node.

/** The most that deflate can shrink anything. */
const HIGHEST_RATIO = 1032;

/** @throws if what comes out is not of the length given; little more than that is ever held. */
export async function inflate(bytes: Uint8Array, length: number): Promise<Uint8Array> {
  if (length > Math.min(bytes.length * HIGHEST_RATIO, LARGEST_HEAD)) {
    throw damaged(`${bytes.length} bytes cannot inflate to ${length}`);
  }
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  // What is wrong with the bytes shows where they are read.
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
      // Throws where there is no room.
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

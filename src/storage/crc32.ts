import {inBlocks} from './inBlocks';

/** The CRC-32 of zip and png, computed four bytes at a time with one table per byte position (slicing-by-4). */
export function crc32(bytes: Uint8Array): number {
  const all = tables();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length & ~3;
  let crc = -1;
  inBlocks(whole, (from, to) => {
    crc = block(all, view, from, to, crc);
  });
  for (let i = whole; i < bytes.length; i++) {
    crc = all[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

function block(all: Int32Array, view: DataView, from: number, to: number, before: number): number {
  let crc = before;
  for (let i = from; i < to; i += 4) {
    const x = crc ^ view.getInt32(i, true);
    crc = all[768 + (x & 255)] ^ all[512 + ((x >>> 8) & 255)] ^ all[256 + ((x >>> 16) & 255)] ^ all[x >>> 24];
  }
  return crc;
}

/** The tables for bytes that 0 to 3 others follow. */
function tables(): Int32Array {
  const all = new Int32Array(1024);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    all[byte] = crc;
  }
  for (let i = 256; i < 1024; i++) all[i] = all[all[i - 256] & 255] ^ (all[i - 256] >>> 8);
  return all;
}

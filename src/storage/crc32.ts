/** The CRC-32 of zip and png, computed four bytes at a time with one table per byte position (slicing-by-4). */
export function crc32(bytes: Uint8Array): number {
  const [t0, t1, t2, t3] = tables();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length & ~3;
  let crc = -1;
  for (let i = 0; i < whole; i += 4) {
    const x = crc ^ view.getInt32(i, true);
    crc = t3[x & 255] ^ t2[(x >>> 8) & 255] ^ t1[(x >>> 16) & 255] ^ t0[x >>> 24];
  }
  for (let i = whole; i < bytes.length; i++) {
    crc = t0[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

function tables(): Int32Array[] {
  const all = [0, 1, 2, 3].map(() => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    all[0][byte] = crc;
  }
  for (let distance = 1; distance < 4; distance++) {
    all[distance].set(all[distance - 1].map((crc) => all[0][crc & 255] ^ (crc >>> 8)));
  }
  return all;
}

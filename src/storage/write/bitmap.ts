import type {Writer} from './Writer';

/** Writes one bit for each of `size` elements, 1 at the given positions; the first is the highest bit of its byte. */
export function writeBitmap(writer: Writer, positions: Uint32Array, size: number): void {
  const bytes = new Uint8Array(Math.ceil(size / 8));
  for (let i = 0; i < positions.length; i++) {
    bytes[positions[i] >> 3] |= 128 >> (positions[i] & 7);
  }
  writer.add(bytes);
}

import type {DataType, Tensor} from '@tensorflow/tfjs-core';

export type Bytes = Uint8Array<ArrayBuffer>;

const arrays: {[Type in DataType]?: typeof Float32Array | typeof Int32Array | typeof Uint8Array} = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
};

/** A tensor's bytes, read from the device. */
export async function bytesOf(tensor: Pick<Tensor, 'data'>): Promise<Bytes> {
  // A copy, because some backends return their own memory.
  const values = (await tensor.data()).slice();
  return new Uint8Array(values.buffer);
}

/** The values of a dtype in bytes. */
export function valuesOf({buffer}: Bytes, dtype: string): Float32Array | Int32Array | Uint8Array {
  return new (arrays[dtype as DataType] ?? Float32Array)(buffer);
}

/** Bytes as base64 text, for JSON. */
export function toBase64(bytes: Bytes): string {
  // In pieces, because a call takes at most some ten thousand arguments.
  let letters = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(letters);
}

/** The bytes of base64 text. */
export function fromBase64(text: string): Bytes {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = letters.charCodeAt(i);
  }
  return bytes;
}

/** The bytes of hexadecimal text. */
export function fromHex(text: string): Bytes {
  return Uint8Array.from({length: text.length / 2}, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

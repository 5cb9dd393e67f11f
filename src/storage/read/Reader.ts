/** How many bytes reads of several bits may pass the end. */
const PADDING = 8;

/** The error for malformed bytes, without the name of the called function, which `decodeFile` adds. */
export function damaged(what: string): Error {
  return new Error(`${what}; the file is damaged or not a sparse file: get it again`);
}

/** Reads a file from front to back, never beyond its end. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor({buffer, byteOffset, length}: Uint8Array) {
    // The methods of a Buffer of Node do not copy where those of its base class do.
    this.#bytes = new Uint8Array(buffer, byteOffset, length);
    this.#view = new DataView(buffer, byteOffset, length);
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    if (length > this.left) {
      throw damaged(`it ends ${length - this.left} bytes too early, at ${this.#bytes.length}`);
    }
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  u8(): number {
    return this.take(1)[0];
  }

  u32(): number {
    this.take(4);
    return this.#view.getUint32(this.at - 4, true);
  }

  /** The next `length` bytes for reading bits; the view may be read a few bytes beyond `end`, in bits. */
  bits(length: number): {view: DataView; end: number} {
    if (length >= 2 ** 29) {
      throw damaged(`${length} bytes in one piece, too many to count their bits`);
    }
    let bytes = this.take(length);
    if (this.left < PADDING) {
      const padded = new Uint8Array(length + PADDING);
      padded.set(bytes);
      bytes = padded;
    }
    return {view: new DataView(bytes.buffer, bytes.byteOffset, length + PADDING), end: length * 8};
  }
}

/** Bytes of zeros after the file, so that reads of several bits may pass its end. */
const PADDING = 8;

/**
 * The number of elements that a decoding loop handles per call. V8 discards on-stack-replaced code when a loop exits into
 * unprofiled code, so one long loop would be deoptimized every time.
 */
export const BLOCK = 2048;

/** The error for malformed bytes, without the name of the called function, which `decodeFile` adds. */
export function damaged(what: string): Error {
  return new Error(`${what}; the file is damaged or not a sparse file: get it again`);
}

/** Reads a file from front to back, never beyond its end. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#end = bytes.length;
    this.#bytes = new Uint8Array(bytes.length + PADDING);
    this.#bytes.set(bytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get left(): number {
    return this.#end - this.at;
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    if (length > this.left) {
      throw damaged(`it ends ${length - this.left} bytes too early, at ${this.#end}`);
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
    const {byteOffset} = this.take(length);
    return {view: new DataView(this.#bytes.buffer, byteOffset, length + PADDING), end: length * 8};
  }
}

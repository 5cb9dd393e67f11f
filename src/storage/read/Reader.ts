/** Past the end of a file that is read: as much as one look at its bits takes. */
const PADDING = 8;

/**
 * How many elements a loop takes at a time, each time by a call: what V8 compiles for a loop that runs, rather than for
 * a call, it gives up at the end of the loop, whose sequel it has not seen, each time anew.
 */
export const BLOCK = 2048;

/** What every error about the bytes of a file says. */
export function damaged(what: string): Error {
  return new Error(`sparse file: ${what}; the file is damaged or not a sparse file: get it again`);
}

/** Takes a file apart from its front; nothing is read beyond its end. */
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

  /** The next `length` bytes as something that gives bits, of which more may be looked at than there are. */
  bits(length: number): {view: DataView; end: number} {
    if (length >= 2 ** 29) {
      throw damaged(`${length} bytes in one piece, of which bits cannot be counted`);
    }
    const {byteOffset} = this.take(length);
    return {view: new DataView(this.#bytes.buffer, byteOffset, length + PADDING), end: length * 8};
  }
}

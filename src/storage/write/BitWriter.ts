/** Writes numbers of some bits each, from the highest bit of a byte to its lowest, into as many as are said. */
export class BitWriter {
  readonly bytes: Uint8Array;
  #at = 0;
  #held = 0;
  #bits = 0;

  constructor(bits: number) {
    this.bytes = new Uint8Array(Math.ceil(bits / 8) + 1);
  }

  /** The lowest `width` bits of a value without higher ones, up to 24. */
  put(value: number, width: number): void {
    this.#held = (this.#held << width) | value;
    this.#bits += width;
    while (this.#bits >= 8) {
      this.#bits -= 8;
      this.bytes[this.#at++] = this.#held >>> this.#bits;
    }
  }

  /** What was written; the last byte is filled with zeros. */
  end(): Uint8Array {
    this.bytes[this.#at] = this.#held << (8 - this.#bits);
    return this.bytes.subarray(0, this.#at + +(this.#bits > 0));
  }
}

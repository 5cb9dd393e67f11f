/** Writes numbers of a few bits each, from the highest bit of a byte to its lowest, up to `bits` in all. */
export class BitWriter {
  readonly bytes: Uint8Array;
  #at = 0;
  #held = 0;
  #bits = 0;

  constructor(bits: number) {
    this.bytes = new Uint8Array(Math.ceil(bits / 8) + 1);
  }

  /** Writes a value of `width` bits, at most 24. */
  put(value: number, width: number): void {
    this.#held = (this.#held << width) | value;
    this.#bits += width;
    while (this.#bits >= 8) {
      this.#bits -= 8;
      this.bytes[this.#at++] = this.#held >>> this.#bits;
    }
  }

  /** The written bytes; the last one is padded with zeros. */
  end(): Uint8Array {
    this.bytes[this.#at] = this.#held << (8 - this.#bits);
    return this.bytes.subarray(0, this.#at + +(this.#bits > 0));
  }
}

/** The contexts of each use; those of a tree begin one further. */
export const CONTEXTS = {flags: 0, exponents: 0x100, levels: 0x200, indices: 0x300, count: 0x400} as const;

/** The initial state of a context: as likely as not, nothing seen. */
const MIDDLE = 0x8000;

/** The most bits that `plain` takes. */
export const MOST_PLAIN = 12;

/** A binary arithmetic encoder with adaptive probabilities, for the decoder in src/wasm/assembly/ship/coder.ts. */
export class Encoder {
  readonly #chances = new Int32Array(CONTEXTS.count).fill(MIDDLE);
  readonly #seen = new Uint8Array(CONTEXTS.count);
  #bytes = new Uint8Array(1024);
  #length = 0;
  #low = 0;
  #range = 0xffffffff;
  /** The last byte, which a carry may change, and the number of bytes of 255 after it. */
  #last = -1;
  #pending = 0;

  /** A bit with the probability of a context. */
  bit(context: number, isSet: boolean): void {
    const chance = this.#chances[context];
    const seen = this.#seen[context];
    const bound = (this.#range >>> 16) * chance;
    let next: number;
    if (isSet) {
      this.#range = bound;
      next = chance + Math.floor(((0x10000 - chance) * 2) / (2 * seen + 3));
    } else {
      this.#low += bound;
      this.#range -= bound;
      next = chance - Math.floor((chance * 2) / (2 * seen + 3));
    }
    this.#chances[context] = Math.max(32, Math.min(0xffe0, next));
    this.#seen[context] = Math.min(seen + 1, 254);
    this.#settle();
  }

  /** A number of some bits, each with a context for those before it. */
  tree(context: number, bits: number, value: number): void {
    for (let i = bits - 1, symbol = 1; i >= 0; i--) {
      const bit = (value >>> i) & 1;
      this.bit(context + symbol, bit === 1);
      symbol = 2 * symbol + bit;
    }
  }

  /** A number of up to 12 bits, all as likely. */
  plain(bits: number, value: number): void {
    this.#range >>>= bits;
    this.#low += value * this.#range;
    this.#settle();
  }

  /** All bytes. Nothing may follow. */
  finish(): Uint8Array {
    for (let i = 0; i < 5; i++) this.#shift();
    return this.#bytes.slice(0, this.#length);
  }

  #settle(): void {
    while (this.#range < 2 ** 24) {
      this.#range = (this.#range << 8) >>> 0;
      this.#shift();
    }
  }

  /** Writes the highest byte, once no carry can reach it. */
  #shift(): void {
    if (this.#low < 0xff000000 || this.#low >= 2 ** 32) {
      const carry = this.#low >= 2 ** 32 ? 1 : 0;
      // The first byte is always 0.
      if (this.#last >= 0) this.#write(this.#last + carry);
      for (; this.#pending > 0; this.#pending--) this.#write(255 + carry);
      this.#last = (this.#low >>> 24) & 255;
    } else this.#pending++;
    this.#low = (this.#low % 2 ** 24) * 256;
  }

  #write(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const longer = new Uint8Array(2 * this.#length);
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    this.#bytes[this.#length++] = byte;
  }
}

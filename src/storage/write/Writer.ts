/** Assembles a file from parts. */
export class Writer {
  readonly #parts: Uint8Array[] = [];
  length = 0;

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.length += bytes.length;
  }

  append(other: Writer): void {
    for (const part of other.#parts) {
      this.add(part);
    }
  }

  u8(...values: number[]): void {
    this.add(Uint8Array.from(values));
  }

  u32(value: number): void {
    this.u8(value, value >>> 8, value >>> 16, value >>> 24);
  }

  /** All parts as one array, padded with zeros to `length`. */
  join(length = this.length): Uint8Array<ArrayBuffer> {
    const joined = new Uint8Array(length);
    let at = 0;
    for (const part of this.#parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }
}

import type {Writer} from '../Writer';

/** The values of one tensor, of which only some elements have one. */
export interface Valued {
  /** The bits of the values as float32, in the order of `positions`. */
  readonly bits: Uint32Array<ArrayBuffer>;
  /** Which elements of the tensor they are. */
  readonly positions: Uint32Array;
  readonly shape: readonly number[];
}

/** A way to write values. What is likely goes into one byte a value, which Huffman codes make shorter. */
export interface ValueKind {
  /** What a file calls it; 0 is for bytes as they are. */
  readonly id: number;
  /** The bits of a value before Huffman codes. */
  readonly width: number;
  /** Whether 0 comes back as exactly 0. */
  readonly keepsZero: boolean;
  /** Whether all bits come back: −0, and what is not a number. */
  readonly isLossless: boolean;
  /** The bits of the least magnitude, as float32, that it cannot hold. */
  readonly limit: number;
  /** The most bytes that it takes beside those of the values and of the positions that float32 needs. */
  overhead(shape: readonly number[]): number;
  write(writer: Writer, valued: Valued): void;
}

/** The values themselves. */
export const floatsOf = ({bits}: Valued) => new Float32Array(bits.buffer, bits.byteOffset, bits.length);

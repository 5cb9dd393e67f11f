import type {Writer} from '../Writer';

/** The values at some positions of a tensor. */
export interface Valued {
  /** The bits of the values as float32, in the order of `positions`. */
  readonly bits: Uint32Array<ArrayBuffer>;
  /** The positions of these values in the tensor. */
  readonly positions: Uint32Array;
  readonly shape: readonly number[];
}

/** A way to write values. The part with low entropy takes one byte per value, which Huffman codes shorten. */
export interface ValueKind {
  /** The number of this kind in a file; 0 is raw bytes. */
  readonly id: number;
  /** Bits per value before Huffman coding. */
  readonly width: number;
  /** Whether 0 is decoded as exactly 0. */
  readonly keepsZero: boolean;
  /** Whether all bits are decoded, also of −0 and NaN. */
  readonly isLossless: boolean;
  /** The bits, as float32, of the smallest magnitude that this kind cannot hold. */
  readonly limit: number;
  /** An upper bound of the additional bytes, beyond the values and the positions that float32 needs. */
  overhead(shape: readonly number[]): number;
  write(writer: Writer, valued: Valued): void;
}

/** The values as floats. */
export const floatsOf = ({bits}: Valued) => new Float32Array(bits.buffer, bits.byteOffset, bits.length);

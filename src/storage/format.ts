// What encoding and decoding agree on; docs/format.md has it in words.
import type {io} from '@tensorflow/tfjs-core';

/** "tfsp", the first four bytes of a file. */
export const MAGIC = 0x70736674;

export const VERSION = 1;

/** Where the bytes begin that the checksum is of: after the first four, version, length, and itself. */
export const SUMMED = 16;

/** The most bytes of weights that a file of a length may hold: were zeros free, a few bytes could fill all memory. */
export const budgetOf = (length: number) => 2 ** 26 + 1024 * length;
export const lengthFor = (budget: number) => Math.ceil((budget - 2 ** 26) / 1024);

/** The most bytes of the head, inflated. */
export const LARGEST_HEAD = 2 ** 26;

/** The kinds of sections that are not of plain floats: bytes as they are, and the numbers of a quantized tensor. */
export const BYTES = 0;
export const LEVELS = 5;

/** How positions are written; with them, which lines of the matrix are listed. */
export const ALL = 0;
export const BITMAP = 1;
export const GAPS = 2;
export const CODING = 3;
export const ROWS = 4;
export const COLUMNS = 8;

/** The largest k of a Rice code, so that its k bits are read at one look. */
export const LARGEST_K = 24;

/** A tensor as a matrix: the last axis runs over its columns, all others over its rows. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
}

export const sizeOf = (shape: readonly number[]) => shape.reduce((size, length) => size * length, 1);

export const matrixOf = (shape: readonly number[]): Matrix => ({
  rows: sizeOf(shape.slice(0, -1)),
  columns: shape.at(-1) ?? 1,
});

/** How many scales a tensor has: the length of its last axis longer than 1. */
export const channelsOf = (shape: readonly number[]) =>
  [...shape].reverse().find((length) => length !== 1) ?? 1;

/** Whether a tensor is of plain float32 numbers, and so may be sparse. */
export const isPlain = ({dtype, quantization}: io.WeightsManifestEntry) =>
  dtype === 'float32' && quantization === undefined;

const SIZES: Record<string, number> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
  uint8: 1,
  uint16: 2,
  float16: 2,
};

/** The bytes of each number of a quantized tensor; undefined of one that is not quantized, or in an unknown way. */
export function quantizedWidth({quantization}: io.WeightsManifestEntry): number | undefined {
  const dtype: string | undefined = Object(quantization).dtype;
  return dtype === 'uint8' || dtype === 'uint16' || dtype === 'float16' ? SIZES[dtype] : undefined;
}

/** How many of some bytes a tensor takes that begins among them; NaN if its type is unknown. */
export function byteLength(spec: io.WeightsManifestEntry, data: Uint8Array, start: number): number {
  const dtype: string = (spec.quantization === undefined ? spec : Object(spec.quantization)).dtype;
  const size = sizeOf(spec.shape);
  if (dtype !== 'string') {
    return size * SIZES[dtype];
  }
  // Each string is its length in four bytes, then so many.
  let at = start;
  for (let i = 0; i < size && at + 4 <= data.length; i++) {
    at += 4 + new DataView(data.buffer, data.byteOffset + at).getUint32(0, true);
  }
  return at - start;
}

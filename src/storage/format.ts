// The constants and sizes of the format that encoding and decoding share; docs/format.md describes it.
import type {io} from '@tensorflow/tfjs-core';
import {size} from '../model/axes';

/** "tfsp", the first four bytes of a file. */
export const MAGIC = 0x70736674;

export const VERSION = 2;

/** The offset at which the bytes under the checksum begin: after magic, version, length and the checksum itself. */
export const SUMMED = 16;

/** The maximum weight bytes in a file of a given length. Without it a few bytes could fill all memory with zeros. */
export const budgetOf = (length: number) => 2 ** 26 + 1024 * length;
/** The minimum file length for a number of weight bytes. */
export const lengthFor = (budget: number) => Math.ceil((budget - 2 ** 26) / 1024);

/** The maximum bytes of the inflated head. */
export const LARGEST_HEAD = 2 ** 26;

/** The forms of heads: deflated, and deflated in a window that begins with the dictionary. */
export const DEFLATED = 0;
export const WITH_DICTIONARY = 1;

/** The kinds of sections for tensors other than float32: raw bytes, and the levels of a quantized tensor. */
export const BYTES = 0;
export const LEVELS = 5;

/** The codings of positions, and flags for listed rows and columns of the matrix. */
export const ALL = 0;
export const BITMAP = 1;
export const GAPS = 2;
export const CODING = 3;
export const ROWS = 4;
export const COLUMNS = 8;

/** The maximum k of a Rice code, so that one read covers its k bits. */
export const LARGEST_K = 24;

/** A tensor's size as a matrix: columns along the last axis, rows along all others. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
}

export const matrixOf = (shape: readonly number[]): Matrix => ({
  rows: size(shape.slice(0, -1)),
  columns: shape.at(-1) ?? 1,
});

/** A tensor's number of scales: the length of its last axis longer than 1. */
export const channelsOf = (shape: readonly number[]) =>
  [...shape].reverse().find((length) => length !== 1) ?? 1;

/** Whether a tensor is float32 and not quantized, and so may be sparse. */
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

/** The bytes per level of a quantized tensor; undefined if it is not quantized, or with an unknown type. */
export function quantizedWidth({quantization}: io.WeightsManifestEntry): number | undefined {
  const dtype: string | undefined = Object(quantization).dtype;
  return dtype === 'uint8' || dtype === 'uint16' || dtype === 'float16' ? SIZES[dtype] : undefined;
}

/** The byte length of a tensor that begins at `start` in `data`; NaN if its type is unknown. */
export function byteLength(spec: io.WeightsManifestEntry, data: Uint8Array, start: number): number {
  const dtype: string = (spec.quantization === undefined ? spec : Object(spec.quantization)).dtype;
  const elements = size(spec.shape);
  if (dtype !== 'string') {
    return elements * SIZES[dtype];
  }
  // A string is its length in four bytes, then its bytes.
  let at = start;
  for (let i = 0; i < elements && at + 4 <= data.length; i++) {
    at += 4 + new DataView(data.buffer, data.byteOffset + at).getUint32(0, true);
  }
  return at - start;
}

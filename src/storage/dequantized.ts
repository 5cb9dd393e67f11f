import type {io} from '@tensorflow/tfjs-core';
import {quantizedWidth} from './format';
import type {StoredTensor} from './write/tensors';

/** By how much of a step the number for 0 may miss it, which is less than float32 can tell of the other values. */
const NEAR = 1e-6;

/**
 * The number that stands for 0 in a quantized tensor, and the spec with which that is exactly 0; undefined if there is
 * none, as where the tensor is not quantized.
 */
export function zeroOf(
  spec: io.WeightsManifestEntry,
): {number: number; spec: io.WeightsManifestEntry} | undefined {
  const {quantization} = spec;
  if (quantization?.dtype === 'float16') {
    return {number: 0, spec};
  }
  const {scale = 1, min = 0} = quantization ?? {};
  const number = Math.round(-min / scale);
  const isThere = number >= 0 && number < 256 ** (quantizedWidth(spec) ?? Number.NaN);
  return quantization !== undefined && isThere && Math.abs(number * scale + min) <= NEAR * scale
    ? {number, spec: {...spec, quantization: {...quantization, min: -(number * scale)}}}
    : undefined;
}

/** A quantized float tensor as plain float32, as tfjs loads it; others as they are. */
export function dequantized({spec, bytes}: StoredTensor): StoredTensor {
  const {quantization, ...plain} = spec;
  if (quantization === undefined || spec.dtype !== 'float32') {
    return {spec, bytes};
  }
  const {dtype, scale = 1, min = 0} = quantization;
  const numbers = dtype === 'uint8' ? bytes : new Uint16Array(bytes.buffer);
  const values = new Float32Array(numbers.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = dtype === 'float16' ? fromHalf(numbers[i]) : numbers[i] * scale + min;
  }
  return {spec: plain, bytes: new Uint8Array(values.buffer)};
}

/** The number that the 16 bits of a half float are. */
function fromHalf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) {
    return fraction > 0 ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  }
  return sign * (exponent > 0 ? fraction + 1024 : fraction) * 2 ** (Math.max(exponent, 1) - 25);
}

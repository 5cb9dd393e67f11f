import type {io} from '@tensorflow/tfjs-core';
import {quantizedWidth} from './format';
import type {StoredTensor} from './write/tensors';

/** How far the level for 0 may be from 0, in steps; below the precision of the other values in float32. */
const NEAR = 1e-6;

/**
 * The level that represents 0 in a quantized tensor, and a spec with which it is exactly 0; undefined if no level does, or
 * the tensor is not quantized.
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

/** Converts a quantized float tensor to float32 as tfjs does on loading; returns other tensors unchanged. */
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

/** The value of a half float, from its 16 bits. */
function fromHalf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) {
    return fraction > 0 ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  }
  return sign * (exponent > 0 ? fraction + 1024 : fraction) * 2 ** (Math.max(exponent, 1) - 25);
}

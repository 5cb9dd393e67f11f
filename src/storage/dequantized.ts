import type {StoredTensor} from './write/tensors';

/** A quantized float tensor as plain float32, as tfjs loads it; others as they are. */
export function dequantized({spec, bytes}: StoredTensor): StoredTensor {
  const {quantization, ...plain} = spec;
  if (quantization === undefined || spec.dtype !== 'float32') {
    return {spec, bytes};
  }
  const {dtype, scale = 1, min = 0} = quantization;
  const numbers = dtype === 'uint8' ? bytes : new Uint16Array(bytes.buffer);
  const values = Float32Array.from(numbers, (number) =>
    dtype === 'float16' ? fromHalf(number) : number * scale + min,
  );
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

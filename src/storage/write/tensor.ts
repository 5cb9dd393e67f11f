import type {io} from '@tensorflow/tfjs-core';
import {dequantized} from '../dequantized';
import {BYTES, isPlain, quantizedWidth} from '../format';
import type {EncodeOptions} from '../options';
import {kindFor} from './kindFor';
import {writeLevels} from './levels';
import {writePositions} from './positions';
import type {StoredTensor} from './tensors';
import {areHalves, distinct, exactCodebook, exactFloat16, exactInt8} from './values/exact';
import {float32} from './values/float32';
import {areMultiples} from './values/multiples';
import type {ValueKind} from './values/values';
import {Writer} from './Writer';

/** A way to write a tensor, and the decoded tensor. */
interface Form {
  readonly tensor: StoredTensor;
  write(writer: Writer): void;
}

/**
 * Writes a tensor in its shortest form. One of the forms is lossless, so none is longer than that.
 *
 * @returns the spec to store in the file, and the length of the decoded tensor in bytes.
 */
export function writeTensor(
  who: string,
  writer: Writer,
  tensor: StoredTensor,
  options: EncodeOptions,
): {spec: io.WeightsManifestEntry; byteLength: number} {
  const written = formsOf(who, tensor, options).map((form) => {
    const section = new Writer();
    form.write(section);
    return {...form.tensor, section};
  });
  // Of equally long forms the first, which is lossless.
  const {spec, bytes, section} = written.reduce((least, next) =>
    next.section.length < least.section.length ? next : least,
  );
  writer.append(section);
  return {spec, byteLength: bytes.length};
}

function formsOf(who: string, tensor: StoredTensor, options: EncodeOptions): Form[] {
  const {spec} = tensor;
  if (isPlain(spec)) {
    return floatForms(tensor, kindFor(who, spec, options), who);
  }
  const bytes = {tensor, write: (writer: Writer) => writeBytes(writer, tensor)};
  if (quantizedWidth(spec) === undefined) {
    return [bytes];
  }
  const levels = {tensor, write: (writer: Writer) => writeLevels(writer, tensor)};
  const kind = kindFor(who, spec, options);
  const isRounded = spec.dtype === 'float32' && !kind.isLossless;
  return [levels, bytes, ...(isRounded ? [floatForm(dequantized(tensor), kind, who)] : [])];
}

/** The forms of a float tensor, lossless ones first. */
function floatForms(tensor: StoredTensor, asked: ValueKind, who: string): Form[] {
  const bits = new Uint32Array(tensor.bytes.buffer);
  const kinds = [
    ...(asked.isLossless || !isSurelyShorter(asked, bits, tensor.spec.shape) ? [float32] : []),
    ...(areHalves(bits) ? [exactFloat16] : []),
    ...(distinct(bits) ? [exactCodebook] : []),
    ...(areMultiples(bits, tensor.spec.shape) ? [exactInt8] : []),
    ...(asked.isLossless ? [] : [asked]),
  ];
  return kinds.map((kind) => floatForm(tensor, kind, who));
}

/** Whether a kind always takes less than float32, which takes at least three bytes per value; saves trying float32. */
function isSurelyShorter(kind: ValueKind, bits: Uint32Array, shape: readonly number[]): boolean {
  const saved = 3 - Math.ceil(kind.width / 8);
  return kind.overhead(shape) < saved * nonzero(bits, kind).length;
}

function floatForm(tensor: StoredTensor, kind: ValueKind, who: string): Form {
  const {spec, bytes} = tensor;
  const bits = new Uint32Array(bytes.buffer);
  assertHeld(who, spec.name, bits, kind);
  return {
    tensor,
    write: (writer) => {
      writer.u8(kind.id);
      const width = kind.keepsZero ? kind.width : Number.POSITIVE_INFINITY;
      const positions = writePositions(writer, nonzero(bits, kind), spec.shape, width);
      if (positions.length > 0) {
        kind.write(writer, {bits: pick(bits, positions), positions, shape: spec.shape});
      }
    },
  };
}

function writeBytes(writer: Writer, {bytes}: StoredTensor): void {
  writer.u8(BYTES);
  writer.u32(bytes.length);
  writer.add(bytes);
}

function nonzero(bits: Uint32Array, {isLossless}: ValueKind): Uint32Array {
  // Shifting out the sign turns −0 into 0.
  const shift = isLossless ? 0 : 1;
  let count = 0;
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i] << shift;
    // 1 if x is not 0, without a branch.
    count += (x | -x) >>> 31;
  }
  const positions = new Uint32Array(count + 1);
  count = 0;
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i] << shift;
    positions[count] = i;
    count += (x | -x) >>> 31;
  }
  return positions.subarray(0, count);
}

function pick(bits: Uint32Array<ArrayBuffer>, positions: Uint32Array): Uint32Array<ArrayBuffer> {
  if (positions.length === bits.length) {
    return bits;
  }
  const picked = new Uint32Array(positions.length);
  for (let i = 0; i < picked.length; i++) {
    picked[i] = bits[positions[i]];
  }
  return picked;
}

function assertHeld(who: string, name: string, bits: Uint32Array, {limit}: ValueKind): void {
  if (limit < 2 ** 31) {
    for (let i = 0; i < bits.length; i++) {
      if ((bits[i] & 0x7fffffff) >= limit) {
        const value = new Float32Array(bits.buffer)[i];
        throw new Error(
          `${who}: "${name}" has the value ${value}, which requires "float32"; choose that for it with values`,
        );
      }
    }
  }
}

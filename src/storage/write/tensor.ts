import {isPlain} from '../format';
import type {EncodeOptions} from '../options';
import {kindFor} from './kindFor';
import {writePositions} from './positions';
import type {StoredTensor} from './tensors';
import type {ValueKind} from './values/values';
import type {Writer} from './Writer';

/** Writes a tensor as its bytes are, or if it is of floats, where they are not zero and what they are. */
export function writeTensor(
  who: string,
  writer: Writer,
  {spec, bytes}: StoredTensor,
  options: EncodeOptions,
): void {
  if (!isPlain(spec)) {
    writer.u8(0);
    writer.u32(bytes.length);
    writer.add(bytes);
    return;
  }
  const kind = kindFor(who, spec, options);
  const bits = new Uint32Array(bytes.buffer);
  assertHeld(who, spec.name, bits, kind);
  writer.u8(kind.id);
  const width = kind.keepsZero ? kind.width : Number.POSITIVE_INFINITY;
  const positions = writePositions(writer, nonzero(bits, kind), spec.shape, width);
  if (positions.length > 0) {
    kind.write(writer, {bits: pick(bits, positions), positions, shape: spec.shape});
  }
}

function nonzero(bits: Uint32Array, {isLossless}: ValueKind): Uint32Array {
  // Shifted by its sign, −0 is 0.
  const shift = isLossless ? 0 : 1;
  let count = 0;
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i] << shift;
    // The sign of a number or of its negative, without a branch.
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
          `${who}: "${name}" has the value ${value}, which takes "float32"; choose that for it`,
        );
      }
    }
  }
}

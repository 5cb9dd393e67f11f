import type {io} from '@tensorflow/tfjs-core';
import {size} from '../../model/axes';
import {describe} from '../../util/describe';
import {crc32} from '../crc32';
import {budgetOf, byteLength, isPlain, LEVELS, MAGIC, SUMMED, VERSION} from '../format';
import {inBlocks} from '../inBlocks';
import {readHead} from './head';
import {readLevels} from './levels';
import {readPositions} from './positions';
import {damaged, Reader} from './Reader';
import {bitsOf, readers} from './values';

/**
 * Reads a sparse file for the function `who`, as `decodeArtifacts` describes.
 *
 * @param name The file in messages.
 */
export async function decodeFile(
  who: string,
  file: Uint8Array | ArrayBuffer,
  name = 'the file',
): Promise<io.ModelArtifacts> {
  // A buffer of another realm, such as a frame, is no instance of this realm's ArrayBuffer.
  const isBuffer = Object.prototype.toString.call(file) === '[object ArrayBuffer]';
  const bytes = isBuffer ? new Uint8Array(file as ArrayBuffer) : (file as Uint8Array);
  if (!ArrayBuffer.isView(bytes) || bytes.BYTES_PER_ELEMENT !== 1) {
    throw new Error(
      `${who}: expected the bytes of a sparse file as a Uint8Array or an ArrayBuffer, got ${describe(file)}`,
    );
  }
  return read(bytes).catch((cause) => {
    throw new Error(`${who}: cannot read ${name}: ${cause.message}`, {cause});
  });
}

async function read(bytes: Uint8Array): Promise<io.ModelArtifacts> {
  const reader = new Reader(bytes);
  const [magic, version, length, sum] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  if (magic !== MAGIC) {
    throw damaged('it does not begin with "tfsp"');
  }
  if (version !== VERSION) {
    throw new Error(
      `version ${version} is not supported, only ${VERSION}; update tfjs-pruning, or get the file again`,
    );
  }
  if (length !== bytes.length) {
    throw damaged(`it has ${bytes.length} bytes, but declares ${length}`);
  }
  if (crc32(bytes.subarray(SUMMED)) !== sum) {
    throw damaged('its checksum is wrong');
  }
  const {weightBytes, ...artifacts} = await readHead(reader, budgetOf(length));
  const weightData = new ArrayBuffer(weightBytes);
  let at = 0;
  for (const spec of artifacts.weightSpecs) {
    at += readTensor(reader, spec, new Uint8Array(weightData, at));
  }
  if (at !== weightBytes) {
    throw damaged(`its weights take ${at} bytes, but it declares ${weightBytes}`);
  }
  return {...artifacts, weightData};
}

/** Reads a tensor into the beginning of `target`, which is all zeros; returns its length in bytes. */
function readTensor(reader: Reader, spec: io.WeightsManifestEntry, target: Uint8Array<ArrayBuffer>): number {
  const id = reader.u8();
  if (id === LEVELS) {
    return readLevels(reader, spec, target);
  }
  const readValues = readers[id];
  const length = readValues === undefined ? reader.u32() : 4 * size(spec.shape);
  if (id >= readers.length || (readValues !== undefined) !== isPlain(spec) || length > target.length) {
    throw damaged(`"${spec.name}" is in a form that does not fit its type or shape`);
  }
  if (readValues === undefined) {
    const bytes = reader.take(length);
    if (byteLength(spec, bytes, 0) !== length) {
      throw damaged(`"${spec.name}" has ${length} bytes, which do not fit its shape`);
    }
    target.set(bytes);
    return length;
  }
  const positions = readPositions(reader, spec.shape);
  if (positions?.length === 0) return length;
  // Float32Array requires an offset that is a multiple of four; the preceding tensors may end anywhere.
  const isAligned = target.byteOffset % 4 === 0;
  const tensor = isAligned
    ? new Float32Array(target.buffer, target.byteOffset, length / 4)
    : new Float32Array(length / 4);
  const values = positions === undefined ? tensor : new Float32Array(positions.length);
  if (values.length > 0) readValues(reader, values, positions, spec.shape);
  if (positions !== undefined) scatter(bitsOf(values), positions, bitsOf(tensor));
  if (!isAligned) {
    target.set(new Uint8Array(tensor.buffer));
  }
  return length;
}

/** Copies bits, as a copied float may be another NaN. */
function scatter(values: Uint32Array, positions: Uint32Array, tensor: Uint32Array): void {
  inBlocks(values.length, (from, to) => {
    for (let i = from; i < to; i++) tensor[positions[i]] = values[i];
  });
}

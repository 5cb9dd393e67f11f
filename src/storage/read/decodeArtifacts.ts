import type {io} from '@tensorflow/tfjs-core';
import {describe} from '../../util/describe';
import {crc32} from '../crc32';
import {budgetOf, byteLength, isPlain, LEVELS, MAGIC, SUMMED, sizeOf, VERSION} from '../format';
import {readHead} from './head';
import {readLevels} from './levels';
import {readPositions} from './positions';
import {damaged, Reader} from './Reader';
import {readers} from './values';

/**
 * What was saved, from its sparse file: what tf.loadLayersModel and tf.loadGraphModel load by `tf.io.fromMemory`.
 *
 * @throws if the file is damaged, or not one; it is checked throughout, and never takes more than 64 MB and 1,024
 *   times its own length.
 */
export async function decodeArtifacts(
  file: Uint8Array | ArrayBuffer,
  who = 'decodeArtifacts',
): Promise<io.ModelArtifacts> {
  // A buffer of another realm, as of a frame, is no instance of the class here.
  const isBuffer = Object.prototype.toString.call(file) === '[object ArrayBuffer]';
  const bytes = isBuffer ? new Uint8Array(file as ArrayBuffer) : (file as Uint8Array);
  if (!ArrayBuffer.isView(bytes) || bytes.BYTES_PER_ELEMENT !== 1) {
    throw new Error(
      `${who}: expected the bytes of a sparse file as a Uint8Array or an ArrayBuffer, got ${describe(file)}`,
    );
  }
  const reader = new Reader(bytes);
  const [magic, version, length, sum] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  if (magic !== MAGIC) {
    throw damaged('it does not begin as one');
  }
  if (version !== VERSION) {
    throw new Error(
      `sparse file: its version is ${version}, and ${VERSION} can be read; update tfjs-pruning, or get the file again`,
    );
  }
  if (length !== bytes.length) {
    throw damaged(`it has ${bytes.length} bytes, and says ${length}`);
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
    throw damaged(`its weights take ${at} bytes, and it says ${weightBytes}`);
  }
  return {...artifacts, weightData};
}

/** Fills in a tensor at the beginning of `target`, which is all zeros; returns how many bytes it takes. */
function readTensor(reader: Reader, spec: io.WeightsManifestEntry, target: Uint8Array<ArrayBuffer>): number {
  const id = reader.u8();
  if (id === LEVELS) {
    return readLevels(reader, spec, target);
  }
  const read = readers[id];
  const length = read === undefined ? reader.u32() : 4 * sizeOf(spec.shape);
  if (id >= readers.length || (read !== undefined) !== isPlain(spec) || length > target.length) {
    throw damaged(`"${spec.name}" is written as what it is not`);
  }
  if (read === undefined) {
    const bytes = reader.take(length);
    if (byteLength(spec, bytes, 0) !== length) {
      throw damaged(`"${spec.name}" has ${length} bytes, which are not its shape's`);
    }
    target.set(bytes);
    return length;
  }
  const positions = readPositions(reader, spec.shape);
  if (positions.length > 0) {
    // Floats must lie at a multiple of four, which what lies before them may not.
    const isAligned = target.byteOffset % 4 === 0;
    const tensor = isAligned
      ? new Float32Array(target.buffer, target.byteOffset, length / 4)
      : new Float32Array(length / 4);
    read(reader, positions, tensor, spec.shape);
    if (!isAligned) {
      target.set(new Uint8Array(tensor.buffer));
    }
  }
  return length;
}

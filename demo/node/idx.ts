import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {size} from '../../src/model/axes';

/**
 * Reads a file of bytes in the idx format of MNIST, gzipped or not.
 *
 * @throws if it is missing, has another format or rank, or its size does not match its header.
 */
export function readIdx(folder: string, name: string, rank: number): {shape: number[]; data: Uint8Array} {
  const path = [join(folder, name), join(folder, `${name}.gz`)].find(existsSync);
  if (path === undefined) {
    throw new Error(
      `${folder}: there is no ${name} or ${name}.gz; choose a folder with the four MNIST files`,
    );
  }
  const bytes = path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path);
  const header = 4 + 4 * rank;
  if (bytes.length < header || bytes.readUInt32BE(0) !== 0x800 + rank) {
    throw new Error(`${path}: not an idx file of ${rank} dimensions of bytes`);
  }
  const shape = Array.from({length: rank}, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const length = header + size(shape);
  if (bytes.length !== length) {
    throw new Error(
      `${path}: ${bytes.length} bytes instead of the ${length} of its header; download it again`,
    );
  }
  return {shape, data: bytes.subarray(header)};
}

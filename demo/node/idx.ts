import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';

/**
 * Reads a file of bytes in the idx format of MNIST, gzipped or not.
 *
 * @throws if it is not there, is of another format or rank, or is not as long as its header promises.
 */
export function readIdx(folder: string, name: string, rank: number): {shape: number[]; data: Uint8Array} {
  const path = [join(folder, name), join(folder, `${name}.gz`)].find(existsSync);
  if (path === undefined) {
    throw new Error(
      `${folder}: there is no ${name} or ${name}.gz; give a folder with the four files of MNIST`,
    );
  }
  const bytes = path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path);
  const header = 4 + 4 * rank;
  if (bytes.length < header || bytes.readUInt32BE(0) !== 0x800 + rank) {
    throw new Error(`${path}: not an idx file of ${rank} dimensions of bytes`);
  }
  const shape = Array.from({length: rank}, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const size = shape.reduce((product, dim) => product * dim, 1);
  if (bytes.length !== header + size) {
    throw new Error(
      `${path}: ${bytes.length} bytes, where its header promises ${header + size}; download it again`,
    );
  }
  return {shape, data: bytes.subarray(header)};
}

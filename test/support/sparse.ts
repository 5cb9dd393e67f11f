import * as tf from '@tensorflow/tfjs';
import {crc32} from '../../src/storage/crc32';

/** The artifacts of a model of float tensors only, `w0`, `w1` and so on. */
export function floatArtifacts(
  ...tensors: {shape: number[]; values: ArrayLike<number> | Float32Array}[]
): tf.io.ModelArtifacts {
  const weightSpecs = tensors.map(({shape}, i) => ({name: `w${i}`, shape, dtype: 'float32' as const}));
  const buffers = tensors.map(({values}) =>
    values instanceof Float32Array ? values : Float32Array.from(values),
  );
  const weightData = new Float32Array(buffers.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const values of buffers) {
    new Uint32Array(weightData.buffer).set(
      new Uint32Array(values.buffer, values.byteOffset, values.length),
      at,
    );
    at += values.length;
  }
  return {modelTopology: {}, format: 'layers-model', weightSpecs, weightData: weightData.buffer};
}

export function floatsOf({weightData}: tf.io.ModelArtifacts): Float32Array {
  return new Float32Array(tf.io.CompositeArrayBuffer.join(weightData));
}

/** A file with length and checksum corrected for its bytes, as an attacker would write it. */
export function resealed(bytes: Uint8Array): Uint8Array {
  const file = Uint8Array.from(bytes);
  const header = new DataView(file.buffer);
  header.setUint32(8, file.length, true);
  header.setUint32(12, crc32(file.subarray(16)), true);
  return file;
}

/** Pseudorandom numbers in [0, 1) from a fixed seed. */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (Math.imul(state ^ (state >>> 15), 0x85ebca6b) >>> 0) / 2 ** 32;
  };
}

/** Normal numbers with a random share of zeros. */
export function sparseNormals(size: number, sparsity: number, seed = 1): Float32Array {
  const next = uniform(seed);
  return Float32Array.from({length: size}, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    return next() < sparsity ? 0 : normal / 20;
  });
}

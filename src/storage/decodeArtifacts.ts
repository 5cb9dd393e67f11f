import type {io} from '@tensorflow/tfjs-core';
import {decodeFile} from './read/decodeFile';

/**
 * Decodes a sparse file to model artifacts, which tf.loadLayersModel and tf.loadGraphModel load with `tf.io.fromMemory`.
 * Untrusted files are safe: every field is checked, and memory use is at most 64 MB plus 1,024 times the file's length.
 *
 * @returns the artifacts, with all tensors as they were saved.
 * @throws if the file is damaged or no sparse file.
 * @example
 * const artifacts = await decodeArtifacts(bytes);
 * const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
 */
export function decodeArtifacts(file: Uint8Array | ArrayBuffer): Promise<io.ModelArtifacts> {
  return decodeFile('decodeArtifacts', file);
}

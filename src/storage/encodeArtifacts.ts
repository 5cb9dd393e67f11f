import type {io} from '@tensorflow/tfjs-core';
import type {EncodeOptions} from './options';
import {encodeFile} from './write/encodeFile';

/**
 * Encodes the artifacts of a layers or graph model as a sparse file, like `encode`; docs/format.md describes the format.
 *
 * @param artifacts A model's artifacts, as a tf.io handler saves or loads them. Quantized tensors stay quantized, unless
 *   `values` makes them smaller.
 * @returns the file's bytes.
 * @throws on bad options, and for values that are not finite unless they are written as float32.
 * @example const file = await encodeArtifacts(artifacts, {values: 'int8'});
 */
export function encodeArtifacts(
  artifacts: io.ModelArtifacts,
  options: EncodeOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeFile('encodeArtifacts', artifacts, options);
}

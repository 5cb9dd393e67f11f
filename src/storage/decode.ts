import {io} from '@tensorflow/tfjs-core';
import {type LayersModel, loadLayersModel} from '@tensorflow/tfjs-layers';
import {decodeArtifacts} from './read/decodeArtifacts';

/**
 * The model of a sparse file, plain and compiled as the one that was encoded, with a fresh optimizer, as far as that
 * could be saved.
 *
 * @throws if the file is damaged or not one, or holds a graph, which `tf.loadGraphModel(sparseFile(url))` loads.
 */
export async function decode(bytes: Uint8Array): Promise<LayersModel> {
  const artifacts = await decodeArtifacts(bytes, 'decode');
  if (artifacts.format === 'graph-model') {
    throw new Error(
      'decode: the file holds a graph, not layers; load it by tf.loadGraphModel(sparseFile(url)), ' +
        'or tf.loadGraphModel(tf.io.fromMemory(await decodeArtifacts(bytes)))',
    );
  }
  return loadLayersModel(io.fromMemory(artifacts));
}

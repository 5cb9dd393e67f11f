// Loads a model.json and its weights from disk, which TensorFlow.js alone does only in tfjs-node.
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import * as tf from '@tensorflow/tfjs';

/** A handler for `tf.loadLayersModel` and `tf.loadGraphModel`. */
export function modelFile(path) {
  const load = (manifest) => {
    const parts = manifest
      .flatMap((group) => group.paths)
      .map((name) => readFileSync(join(dirname(path), name)));
    return [manifest.flatMap((group) => group.weights), Uint8Array.from(Buffer.concat(parts)).buffer];
  };
  return {load: () => tf.io.getModelArtifactsForJSON(JSON.parse(readFileSync(path, 'utf8')), load)};
}

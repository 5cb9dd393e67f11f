import {dirname, join} from 'node:path';
import * as tf from '@tensorflow/tfjs';

/**
 * A network that was trained and published by others: the MobileNetV2 of the npm package nsfwjs, 2.6 million weights
 * saved in 8 bits.
 */
export function mobileNet(): Promise<tf.LayersModel> {
  const folder = join(dirname(require.resolve('nsfwjs')), '..', 'models', 'mobilenet_v2');
  const json: tf.io.ModelJSON = require(join(folder, 'model.min.js'));
  const weights = Uint8Array.from(Buffer.from(require(join(folder, 'group1-shard1of1.min.js')), 'base64'));
  return tf.loadLayersModel({
    load: () =>
      tf.io.getModelArtifactsForJSON(json, async (manifest) => [
        manifest.flatMap((group) => group.weights),
        weights.buffer,
      ]),
  });
}

import {readdirSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import * as tf from '@tensorflow/tfjs';

// Of Node itself, as the bench runs as an ES module.
const require = createRequire(join(process.cwd(), 'package.json'));

/** A published network from the npm package nsfwjs, with 8 bits per weight. */
export async function published(name: string): Promise<tf.io.ModelArtifacts> {
  const folder = join(dirname(require.resolve('nsfwjs')), '..', 'models', name);
  const json: tf.io.ModelJSON = require(join(folder, 'model.min.js'));
  const shards = readdirSync(folder).filter((file) => file.startsWith('group'));
  const weights = shards.sort().map((file) => Buffer.from(require(join(folder, file)), 'base64'));
  return tf.io.getModelArtifactsForJSON(json, async (manifest) => [
    manifest.flatMap((group) => group.weights),
    Uint8Array.from(Buffer.concat(weights)).buffer,
  ]);
}

/** MobileNetV2, 2.6 million weights. */
export const mobileNet = async (): Promise<tf.LayersModel> =>
  tf.loadLayersModel(tf.io.fromMemory(await published('mobilenet_v2')));

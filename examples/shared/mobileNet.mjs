// The MobileNetV2 of the npm package nsfwjs, a layers model of 2.6 million weights.
import {createRequire} from 'node:module';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';

const require = createRequire(import.meta.url);
const folder = join(require.resolve('nsfwjs'), '../../models/mobilenet_v2');

/** The network up to its features, the output of `out_relu`, for images of `size` × `size` pixels from 0 to 1. */
export function mobileNet(size) {
  const json = require(join(folder, 'model.min.js'));
  const weights = Buffer.from(require(join(folder, 'group1-shard1of1.min.js')), 'base64');
  // Up to there all layers are convolutions and norms, which accept images of any size.
  const {config} = json.modelTopology.model_config;
  config.layers[0].config.batch_input_shape = [null, size, size, 3];
  config.layers.splice(config.layers.findIndex(({name}) => name === 'out_relu') + 1);
  config.output_layers = [['out_relu', 0, 0]];
  const read = (groups) => [groups.flatMap((group) => group.weights), Uint8Array.from(weights).buffer];
  const handler = {load: () => tf.io.getModelArtifactsForJSON(json, read)};
  return tf.loadLayersModel(handler, {strict: false});
}

// Saves a model of about a megabyte as a sparse file at a given path.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import {layers, sequential} from '@tensorflow/tfjs-layers';
import {sparseFile} from 'tfjs-pruning';

await tf.setBackend('cpu');
const model = sequential({layers: [layers.dense({units: 512, inputShape: [512]})]});
try {
  await model.save(sparseFile(`file://${process.argv[2]}`));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

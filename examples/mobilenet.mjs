// Fine-tunes a published MobileNet with your images and prunes it meanwhile: node examples/mobilenet.mjs flowers/
// The folder has a subfolder of JPEG, PNG or WebP files for each class; without one the program reads digits.
import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {encode, global, polynomial, recalibrate, report} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {prunable} from 'tfjs-pruning/layers';
import {imagesIn, writeDigits} from './shared/images.mjs';
import {mobileNet} from './shared/mobileNet.mjs';
import './shared/wasm.mjs';

const [folder = await writeDigits(mkdtempSync(join(tmpdir(), 'digits-')), 150)] = process.argv.slice(2);
const {
  train: {x, y},
  test,
  names,
} = await imagesIn(folder, 96);
console.log(`${x.shape[0]} images of ${names.join(', ')}`);

// The features are frozen, except for the last block; a new head classifies them.
const base = await mobileNet(96);
for (const layer of base.layers) layer.trainable = layer.name.startsWith('Conv_1');
const features = tf.layers.globalAveragePooling2d({}).apply(base.output);
const classes = tf.layers.dense({units: names.length, activation: 'softmax', name: 'head'}).apply(features);
const model = await prunable(tf.model({inputs: base.inputs, outputs: classes}));
model.compile({optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy', metrics: ['accuracy']});

// Magnitudes need no gradients, so that frozen layers are pruned too.
const callbacks = [pruning({schedule: polynomial({to: 0.5}), allocation: global(), end: 2})];
await model.fit(x, y, {epochs: 4, batchSize: 16, callbacks});
// The batch norms still have the averages of the images and the weights that the network was published with.
await recalibrate(model, x, {batchSize: 16});

const [, accuracy] = model.evaluate(test.x, test.y);
const {total} = report(model);
console.log(`${total.kept} of ${total.size} weights, accuracy ${(await accuracy.data())[0].toFixed(2)}`);
console.log(`file ${(await encode(model, {values: 'int8'})).length} bytes`);

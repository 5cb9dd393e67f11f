// Removes channels of a published graph model, which tf.loadGraphModel runs but cannot train; it learns from the original.
import {fileURLToPath} from 'node:url';
import * as tf from '@tensorflow/tfjs';
import {channel, compact, compactReport, encode, polynomial} from 'tfjs-pruning';
import {distillation, pruning} from 'tfjs-pruning/callbacks';
import {toLayersModel} from 'tfjs-pruning/graph';
import {prunable} from 'tfjs-pruning/layers';
import {modelFile} from './shared/modelFile.mjs';
import './shared/wasm.mjs';

// Tells a face from a picture of one, in images of 32 × 32 pixels.
const {pathname} = new URL('../models/liveness.json', import.meta.resolve('@vladmandic/human'));
const graphModel = await tf.loadGraphModel(modelFile(fileURLToPath(`file://${pathname}`)));
const teacher = await toLayersModel(graphModel);

const model = await prunable(teacher);
model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});

// Take images like those that the model will see. Distillation needs no labels: it ignores the targets.
const images = tf.randomUniform([64, 32, 32, 3], 0, 1, 'float32', 1);
const answers = teacher.predict(images);
const prune = pruning({schedule: polynomial({to: 0.2}), pattern: channel(), end: 4});
await model.fit(images, answers, {epochs: 12, batchSize: 16, callbacks: [prune, distillation({teacher})]});

const small = await compact(model);
const {before, after} = compactReport(small);
console.log(`parameters ${before.parameters} → ${after.parameters}, MACs ${before.macs} → ${after.macs}`);
const difference = tf.mean(tf.abs(tf.sub(small.predict(images), answers)));
console.log(`mean difference of the outputs ${(await difference.data())[0].toFixed(4)}`);
console.log(`file ${(await encode(small, {values: 'int8'})).length} bytes`);

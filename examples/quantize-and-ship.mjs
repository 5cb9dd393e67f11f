// Prunes, trains with 4-bit weights, and writes one module that predicts without TensorFlow.js.
import {writeFile} from 'node:fs/promises';
import {pathToFileURL} from 'node:url';
import * as tf from '@tensorflow/tfjs';
import {global, polynomial, ship} from 'tfjs-pruning';
import {pruning, quantization} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {digits} from './shared/digits.mjs';
import './shared/wasm.mjs';

const [out = 'digits.mjs'] = process.argv.slice(2);
const {x, y} = digits(4000);
const test = digits(500, 't10k');

const model = tf.sequential({
  layers: [
    tf.layers.flatten({inputShape: [28, 28, 1]}),
    prunableDense({units: 50, activation: 'relu'}),
    prunableDense({units: 10, activation: 'softmax'}),
  ],
});
model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});
const prune = pruning({schedule: polynomial({to: 0.9}), allocation: global(), begin: 1, end: 4});
await model.fit(x, y, {epochs: 8, callbacks: [prune, quantization({bits: 4})]});

const code = await ship(model, {values: {bits: 4}});
await writeFile(out, code);

const {predict} = await import(pathToFileURL(out));
const [pixels, labels] = await Promise.all([test.x.data(), test.y.argMax(1).data()]);
const right = labels.filter((label, i) => {
  const scores = predict(pixels.subarray(784 * i, 784 * (i + 1)));
  return scores.indexOf(Math.max(...scores)) === label;
});
console.log(`${out}: ${code.length} bytes, accuracy ${right.length / labels.length}`);

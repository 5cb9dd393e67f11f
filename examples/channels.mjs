// Prunes half of the channels while the network trains, then removes them: a smaller network that is faster everywhere.
import * as tf from '@tensorflow/tfjs';
import {channel, compact, compactReport, polynomial, taylor} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {digits} from './shared/digits.mjs';
import './shared/wasm.mjs';

const {x, y} = digits(2000);
const test = digits(1000, 't10k');

const model = tf.sequential({
  layers: [
    prunableConv2d({filters: 16, kernelSize: 5, activation: 'relu', inputShape: [28, 28, 1]}),
    tf.layers.maxPooling2d({poolSize: 2}),
    prunableConv2d({filters: 32, kernelSize: 3, activation: 'relu'}),
    tf.layers.maxPooling2d({poolSize: 2}),
    tf.layers.flatten(),
    prunableDense({units: 10, activation: 'softmax'}),
  ],
});
const compiled = {optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy']};
model.compile(compiled);
const channels = pruning({schedule: polynomial({to: 0.5}), pattern: channel(), importance: taylor(), end: 3});
await model.fit(x, y, {epochs: 5, callbacks: [channels]});

const small = await compact(model);
console.log(`${compactReport(small)}`);
small.compile(compiled);
const [, accuracy] = small.evaluate(test.x, test.y);
console.log(`accuracy ${(await accuracy.data())[0].toFixed(3)}`);

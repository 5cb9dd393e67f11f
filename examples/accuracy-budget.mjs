// Prunes as far as one point of accuracy allows, within one training.
import * as tf from '@tensorflow/tfjs';
import {global, report} from 'tfjs-pruning';
import {iterativePruning} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {digits} from './shared/digits.mjs';
import './shared/wasm.mjs';

const {x, y} = digits(4000);
const validation = digits(1000, 't10k');

const model = tf.sequential({
  layers: [
    tf.layers.flatten({inputShape: [28, 28, 1]}),
    prunableDense({units: 100, activation: 'relu'}),
    prunableDense({units: 10, activation: 'softmax'}),
  ],
});
model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy']});
await model.fit(x, y, {epochs: 5});

const loop = iterativePruning({
  monitor: 'val_acc',
  maxDrop: 0.01,
  step: {ofRemaining: 0.4},
  allocation: global(),
});
await model.fit(x, y, {epochs: 12, validationData: [validation.x, validation.y], callbacks: [loop]});
for (const {asked, before, cut, recovered, accepted} of loop.rounds) {
  const accuracies = [before, cut, recovered].map((value) => value.toFixed(3)).join(' → ');
  console.log(
    `${(100 * asked).toFixed(1)} % pruned: accuracy ${accuracies}, ${accepted ? 'kept' : 'undone'}`,
  );
}
console.log(`${report(model)}`);

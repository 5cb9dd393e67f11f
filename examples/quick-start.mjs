import * as tf from '@tensorflow/tfjs';
import {polynomial, report, strip} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';

const model = tf.sequential();
model.add(prunableDense({units: 64, activation: 'relu', inputShape: [20]}));
model.add(prunableDense({units: 5, activation: 'softmax'}));
model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy']});

const x = tf.randomNormal([1000, 20]);
const y = tf.oneHot(x.slice([0, 0], [1000, 5]).argMax(1), 5);
await model.fit(x, y, {epochs: 10, callbacks: [pruning({schedule: polynomial({to: 0.9})})]});
const plain = await strip(model);
console.log(`${report(plain)}`);

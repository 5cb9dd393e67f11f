// Prunes by a criterion, a pattern and a schedule of your own: each is a function.
import * as tf from '@tensorflow/tfjs';
import {report} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {inputNorm} from 'tfjs-pruning/statistics';
import {digits} from './shared/digits.mjs';
import './shared/wasm.mjs';

// |w| · ‖input‖₂ (Wanda, Sun et al. 2023), by the inputs that `fit` sees: weights of black pixels are pruned first.
const wanda = Object.assign(
  ({value, statistics}) => tf.mul(tf.abs(value), tf.tensor1d(statistics.inputNorm).expandDims(1)),
  {needs: [inputNorm]},
);
// Two neighboring weights of the kernel are kept or pruned together.
const pairs = ({value}) => ({
  units: value.size / 2,
  unitOf: Int32Array.from({length: value.size}, (_, i) => i >> 1),
});
// Half of the final sparsity at first, all of it from the middle of the updates on.
const twoSteps = (progress) => (progress < 0.5 ? 0.45 : 0.9);

const model = tf.sequential({
  layers: [
    tf.layers.flatten({inputShape: [28, 28, 1]}),
    prunableDense({name: 'hidden', units: 50, activation: 'relu'}),
    prunableDense({name: 'classes', units: 10, activation: 'softmax'}),
  ],
});
model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy']});
const {x, y} = digits(2000);
const callback = pruning({importance: wanda, pattern: pairs, schedule: twoSteps, where: ['hidden'], end: 4});
const {history} = await model.fit(x, y, {epochs: 6, callbacks: [callback]});
console.log('sparsity by epoch', history.sparsity.map((share) => share.toFixed(2)).join(' '));
console.log(`${report(model)}`);

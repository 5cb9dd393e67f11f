// Trains, prunes and sparsifies a network on the WASM backend.
import * as tf from '@tensorflow/tfjs';
import * as wasm from '@tensorflow/tfjs-backend-wasm';
// Vite copies the binaries into the build, and gives their URLs.
import basic from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import {polynomial, report, sparsify} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {enableTraining, startWasm} from 'tfjs-pruning/wasm';

const paths = {
  'tfjs-backend-wasm.wasm': basic,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
};
await startWasm({wasm, paths});
enableTraining();

const model = tf.sequential();
model.add(prunableDense({units: 64, activation: 'relu', inputShape: [20]}));
model.add(prunableDense({units: 5, activation: 'softmax'}));
model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy']});

const x = tf.randomNormal([1000, 20]);
const y = tf.oneHot(x.slice([0, 0], [1000, 5]).argMax(1), 5);
await model.fit(x, y, {epochs: 10, callbacks: [pruning({schedule: polynomial({to: 0.9})})]});

const fast = await sparsify(model);
await fast.predict(x).data();
document.querySelector('pre').textContent = `${tf.getBackend()}\n${report(fast)}`;

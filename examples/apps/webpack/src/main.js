// Trains, prunes and sparsifies a network on the WASM backend.
import * as tf from '@tensorflow/tfjs';
import * as wasm from '@tensorflow/tfjs-backend-wasm';
import {polynomial, report, sparsify} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {prunableDense} from 'tfjs-pruning/layers';
import {enableTraining, startWasm} from 'tfjs-pruning/wasm';

// webpack copies the binaries into the build, and gives their URLs.
const [basic, simd, threaded] = [
  new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm', import.meta.url),
  new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm', import.meta.url),
  new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm', import.meta.url),
];
const paths = {
  'tfjs-backend-wasm.wasm': basic.href,
  'tfjs-backend-wasm-simd.wasm': simd.href,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded.href,
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

// Trains the initial network of the page, and stores it beside this file with 8 bits per weight:
// npx tsx demo/browser/opening/train.ts
import {writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import * as tf from '@tensorflow/tfjs';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {decode, encode, l1} from 'tfjs-pruning';
import {sparsityLoss} from 'tfjs-pruning/callbacks';
import {enableTraining} from 'tfjs-pruning/wasm';
import {networks} from '../../networks';
import {mnistFolder, readExamples} from '../../node/mnist';
import {percent} from '../../node/text';
import {shuffled} from '../../shuffled';

const FILE = fileURLToPath(new URL('opening.tfsp', import.meta.url));
const SEED = 1;
/** The learning rate of each epoch: first fast, then fine. */
const RATES = [...Array(5).fill(0.002), ...Array(3).fill(0.0007), ...Array(3).fill(0.0002)];

const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
setWasmPaths(join(dirname(wasm), '/'));
await tf.setBackend('wasm');
enableTraining();

const test = readExamples(mnistFolder(), 't10k');
const model = networks.conv([28, 28, 1], 10, SEED);
const optimizer = tf.train.adam(RATES[0]);
compile(model, optimizer);
for (const [epoch, rate] of RATES.entries()) {
  Object.assign(optimizer, {learningRate: rate});
  const {x, y} = readExamples(mnistFolder(), 'train', (count) => shuffled(count, SEED + epoch));
  // Shrinks the weights that are not needed, so that the page can prune many of them without training.
  const callbacks = [sparsityLoss({penalty: l1(), strength: 1e-4})];
  await model.fit(x, y, {batchSize: 64, shuffle: false, verbose: 0, callbacks});
  tf.dispose([x, y]);
  console.log(`epoch ${epoch + 1} of ${RATES.length}: ${percent(accuracy(model))} of the test images`);
}

const bytes = await encode(model, {values: {bits: 8}});
writeFileSync(FILE, bytes);
const stored = compile(await decode(bytes));
console.log(`Saved ${FILE}, ${bytes.length} bytes: ${percent(accuracy(stored))} of the test images`);

function compile(of: tf.LayersModel, by: tf.Optimizer | string = 'sgd'): tf.LayersModel {
  of.compile({optimizer: by, loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  return of;
}

function accuracy(of: tf.LayersModel): number {
  return tf.tidy(() => (of.evaluate(test.x, test.y, {batchSize: 500}) as tf.Scalar[])[1].dataSync()[0]);
}

// Prunes here, trains on in Keras with the zeros kept, and comes back. scripts/keras.sh makes the Python environment.
import {execFileSync} from 'node:child_process';
import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import * as tf from '@tensorflow/tfjs';
import {prune, report, sparseFile, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {digits} from './shared/digits.mjs';
import {modelFile} from './shared/modelFile.mjs';
import {writeNpy} from './shared/npy.mjs';
import './shared/wasm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'keras-'));
const at = (name) => join(folder, name);
const run = (program, ...args) => execFileSync(program, args, {cwd: root, encoding: 'utf8', stdio: 'pipe'});

const {x, y} = digits(2000);
const dense = tf.sequential();
dense.add(tf.layers.flatten({inputShape: [28, 28, 1]}));
dense.add(tf.layers.dense({units: 50, activation: 'relu'}));
dense.add(tf.layers.dense({units: 10, activation: 'softmax'}));
const model = await prunable(dense);
model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});
await model.fit(x, y, {epochs: 3});
await prune(model, 0.8);

// From tfjs to Keras: a plain model as model.json, which Keras reads, and the data.
await (await strip(model)).save(sparseFile(at('pruned.tfsp')));
run('node', 'dist/cli.js', 'convert', at('pruned.tfsp'), '--plain', '-o', at('pruned'));
await writeNpy(at('x.npy'), x);
await writeNpy(at('y.npy'), y);
const args = ['pruned/model.json', 'x.npy', 'y.npy', 'trained'].map(at);
console.log(
  run('.venv-keras/bin/python', 'scripts/distribute.py', ...args, '--epochs', '2')
    .trim()
    .split('\n')
    .at(-1),
);

// And back, with its zeros masked, so that it can be trained and pruned further.
const back = await prunable(await tf.loadLayersModel(modelFile(at('trained/model.json'))), {zeros: 'mask'});
console.log(`${report(back)}`);

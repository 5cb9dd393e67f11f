import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {ship, strip} from 'tfjs-pruning';
import '../support/cpu';
import {networks} from '../../demo/networks';
import {differenceOf, randomize} from '../runtime/compare';
import {describeWith} from '../support/describeWith';
import {python, withoutHosts} from '../support/hosts';

describeWith(withoutHosts('wasmtime'), 'wasmtime', () => {
  it.each(['conv', 'mlp'] as const)('runs a shipped module of the network %s', async (name) => {
    const masked = networks[name]([28, 28, 1], 10, 1);
    const model = await strip(masked);
    randomize(model, 0.9);
    const folder = mkdtempSync(join(tmpdir(), 'wasmtime-'));
    const [wasm, x, y] = ['net.wasm', 'x', 'y'].map((file) => join(folder, file));
    const values = Float32Array.from({length: 784}, (_, i) => Math.sin(i));
    writeFileSync(wasm, await ship(model, {format: 'wasm'}));
    writeFileSync(x, values);
    execFileSync(python, [join(__dirname, 'predict.py'), wasm, x, y, '10']);
    const result = new Float32Array(Uint8Array.from(readFileSync(y)).buffer);
    const right = tf.tidy(() => (model.predict(tf.tensor(values, [1, 28, 28, 1])) as tf.Tensor).dataSync());
    expect(differenceOf(result, right as Float32Array)).toBeLessThan(1e-5);
    rmSync(folder, {recursive: true});
    masked.dispose();
    model.dispose();
  });
});

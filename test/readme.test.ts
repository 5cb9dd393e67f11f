import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import './support/cpu';
import {examplesIn, run} from './support/examples';

const folder = join(__dirname, '..');

describe('README.md', () => {
  it('has examples that run as printed', async () => {
    require('@tensorflow/tfjs-backend-wasm');
    const dense = tf.sequential({
      layers: [
        tf.layers.dense({units: 20, inputShape: [4], activation: 'relu'}),
        tf.layers.dense({units: 3, activation: 'softmax'}),
      ],
    });
    const x = tf.randomNormal([32, 4], 0, 1, 'float32', 1);
    const y = tf.oneHot(tf.argMax(x.slice([0, 0], [32, 3]), 1), 3).toFloat();
    const log = jest.spyOn(console, 'log').mockImplementation();
    const code = examplesIn('README.md').map(([, example]) => example);
    const {plain, small, disable} = await run(code.join('\n'), {dense, x, y}, ['plain', 'small', 'disable']);
    (disable as () => void)();

    expect(log.mock.calls.join('\n')).toMatch(/total .*90\.00 %/);
    const kernels = (plain as tf.LayersModel).layers.map((layer) => [...layer.getWeights()[0].dataSync()]);
    expect(kernels.map((kernel) => kernel.filter((weight) => weight !== 0).length)).toEqual([8, 6]);
    expect((small as tf.LayersModel).countParams()).toBe(83);
    expect(log.mock.calls.join('\n')).toMatch(/parameters +163 +83\n/);
    log.mockRestore();
  });

  it('names only commands of package.json', () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    const {scripts} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const named = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});

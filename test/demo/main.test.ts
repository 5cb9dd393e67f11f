import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {folder} from '../../demo/node/files';
import {mnistFolder, readExamples} from '../../demo/node/mnist';
import '../support/cpu';

const root = join(__dirname, '..', '..');

function demo(...args: string[]) {
  const tsx = join(root, 'node_modules', '.bin', 'tsx');
  return spawnSync(tsx, [join(root, 'demo', 'node', 'main.ts'), ...args], {encoding: 'utf8', cwd: root});
}

const short = ['--model', 'mlp', '--epochs', '1', '--samples', '1280'];

describe('npm run demo', () => {
  it('leaves a model that plain tfjs loads, as sparse as asked and as good as its table says', async () => {
    const {stdout, status} = demo(...short, '--sparsity', '0.8');
    expect(status).toBe(0);
    const model = await tf.loadLayersModel(folder(join(root, 'demo', 'out')));
    expect(model.layers.map((layer) => layer.getClassName())).toEqual(['Flatten', 'Dense', 'Dense', 'Dense']);
    const kernels = model.layers.slice(1).flatMap((layer) => [...layer.getWeights()[0].dataSync()]);
    expect(kernels.filter((weight) => weight === 0)).toHaveLength(Math.round(266_200 * 0.8));

    const {x, y} = readExamples(mnistFolder(), 't10k', () => Array.from({length: 1000}, (_, i) => i));
    const right = tf.tidy(() =>
      tf.mean(tf.equal(tf.argMax(model.predict(x) as tf.Tensor, 1), tf.argMax(y, 1))).dataSync(),
    );
    expect(right[0]).toBeGreaterThan(0.6);
    const [, told] = /accuracy on test images .*?([\d.]+) %\s*\n/.exec(stdout) ?? [];
    expect(Math.abs(right[0] - Number(told) / 100)).toBeLessThan(0.06);
  }, 60_000);

  it('gives the same table twice for a seed, and another for another', () => {
    const table = (...args: string[]) => /─\n([\s\S]*?)\nSaved/.exec(demo(...short, ...args).stdout)?.[1];
    const first = table('--seed', '5');
    expect(first).toMatch(/all weights/);
    expect(table('--seed', '5')).toBe(first);
    expect(table('--seed', '6')).not.toBe(first);
  }, 60_000);

  it.each([
    [['--sparsity', '1'], /'1' is invalid.*from 0 to below 1/],
    [['--model', 'vgg'], /Allowed choices are conv, mlp, lenet5/],
    [['--samples', '0'], /whole number from 1/],
    [['--data', '/nowhere'], /demo: \/nowhere: there is no train-images-idx3-ubyte/],
    [['--sparsty', '0.5'], /unknown option '--sparsty'/],
  ])(
    'says what is wrong with %j and exits with 1',
    (args, message) => {
      const {stderr, status} = demo(...args);
      expect(stderr).toMatch(message);
      expect(status).toBe(1);
    },
    30_000,
  );
});

import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import {folder} from '../../demo/node/files';
import {mnistFolder, readExamples} from '../../demo/node/mnist';
import {calls, catalog} from '../../scripts/catalog';
import '../support/cpu';
import {itOnNode} from '../support/tfjsNode';

const root = join(__dirname, '..', '..');
/** A separate folder, because demo/out may have a model of the user. */
const out = mkdtempSync(join(tmpdir(), 'demo-'));

function demo(...args: string[]) {
  return demoWith({}, ...args);
}

function demoWith(env: NodeJS.ProcessEnv, ...args: string[]) {
  const tsx = join(root, 'node_modules', '.bin', 'tsx');
  return spawnSync(tsx, [join(root, 'demo', 'node', 'main.ts'), '--out', out, ...args], {
    encoding: 'utf8',
    cwd: root,
    env: {...process.env, ...env},
  });
}

const tiny = ['--model', 'mlp', '--epochs', '1', '--samples', '1280'];
const short = [...tiny, '--backend', 'wasm'];
/** An environment in which tfjs-node is not found. */
const bare = {NODE_OPTIONS: `--require ${join(root, 'test', 'support', 'withoutTfjsNode.cjs')}`};

/** The accuracy after pruning in a table. */
function accuracyIn(table: string): number {
  return Number(/accuracy on test images .*?([\d.]+) %\s*\n/.exec(table)?.[1]) / 100;
}

describe('npm run demo', () => {
  afterAll(() => rmSync(out, {recursive: true}));

  it('saves a model that plain tfjs loads, with the requested sparsity and the printed accuracy', async () => {
    const {stdout, status} = demo(...short, '--sparsity', '0.8');
    expect(status).toBe(0);
    const model = await tf.loadLayersModel(folder(out));
    expect(model.layers.map((layer) => layer.getClassName())).toEqual(['Flatten', 'Dense', 'Dense', 'Dense']);
    const kernels = model.layers.slice(1).flatMap((layer) => [...layer.getWeights()[0].dataSync()]);
    expect(kernels.filter((weight) => weight === 0)).toHaveLength(Math.round(266_200 * 0.8));

    const {x, y} = readExamples(mnistFolder(), 't10k', () => Array.from({length: 1000}, (_, i) => i));
    const right = tf.tidy(() =>
      tf.mean(tf.equal(tf.argMax(model.predict(x) as tf.Tensor, 1), tf.argMax(y, 1))).dataSync(),
    );
    expect(stdout).toMatch(/1,000 images take \d+ ms dense, \d+ ms sparse/);
    expect(right[0]).toBeGreaterThan(0.6);
    expect(Math.abs(right[0] - accuracyIn(stdout))).toBeLessThan(0.06);
  }, 240_000);

  it('ships the network beside the page that draws digits, and ends with its size, accuracy and time', () => {
    const {stdout, status} = demo(...short, '--seed', '3');
    expect(status).toBe(0);
    const said =
      /Shipped .*digits\.js, without tfjs: ([\d.]+) kB gzipped, accuracy ([\d.]+) %, [\d.]+ µs for one image\nDraw .*\n$/;
    const [, size, accuracy] = said.exec(stdout) ?? [];
    const written = readFileSync(join(out, 'ship/digits.js'));
    expect(Number(size)).toBeCloseTo(gzipSync(written, {level: 9}).length / 1000, 1);
    expect(Number(accuracy) / 100).toBeCloseTo(accuracyIn(stdout), 2);
    expect(readFileSync(join(out, 'ship/index.html'), 'utf8')).toContain('./digits.js');
  }, 240_000);

  it('prints the same table for the same seed, and another for another seed', () => {
    const table = (...args: string[]) =>
      /─\n([\s\S]*?)\n1,000 images take/.exec(demo(...short, ...args).stdout)?.[1];
    const first = table('--seed', '5');
    expect(first).toMatch(/all weights/);
    expect(first).toMatch(/sparse file, int8/);
    expect(table('--seed', '5')).toBe(first);
    expect(table('--seed', '6')).not.toBe(first);
  }, 240_000);

  itOnNode(
    'trains on tfjs-node by default, with the table of the WASM backend',
    () => {
      const {stdout, stderr, status} = demo(...tiny);
      expect({stderr, status}).toEqual({stderr: '', status: 0});
      expect(stdout).toContain('in 20 steps on node');
      expect(accuracyIn(stdout)).toBeCloseTo(accuracyIn(demo(...short).stdout), 1);
      expect(stdout).toMatch(/all weights +266,200 +26,620 +90\.00 % sparse/);
    },
    240_000,
  );

  it('trains on WASM by default without tfjs-node, and explains how to install it if it is requested', () => {
    const {stdout, status} = demoWith(bare, ...tiny, '--samples', '64');
    expect(status).toBe(0);
    expect(stdout).toContain('steps on wasm');
    const asked = demoWith(bare, ...tiny, '--backend', 'node');
    expect(asked.status).toBe(1);
    expect(asked.stderr).toMatch(/^demo: @tensorflow\/tfjs-node is not installed; scripts\/tfjs-node\.sh /m);
  }, 240_000);

  it.each([
    [
      '--importance activationEntropy --penalty l1',
      /by activationEntropy\(\), element\(\) with l1\(\) × 0\.00001$/m,
    ],
    [
      '--importance activationEntropy --penalty activationEntropyLoss --pattern channel',
      /with activationEntropyLoss/,
    ],
    [
      '--importance weightEntropy --penalty l1 --pattern channel',
      /by weightEntropy\(\), channel\(\) with l1/,
    ],
    [
      '--importance norm() --penalty l2 --strength 1e-4 --pattern channel',
      /norm\(\), .* with l2\(\) × 0\.0001$/m,
    ],
    ['--importance gradient --penalty l1 --proximal --allocation global', /global\(\) with proximal l1\(\)/],
    ['--pattern nOfM', /steps on wasm, pruning by magnitude\(\), nOfM\(\{n: 2, m: 4\}\)$/m],
  ])(
    'runs %s and prints the method',
    (options, said) => {
      const {stdout, stderr, status} = demo(...short, '--sparsity', '0.5', ...options.split(' '));
      expect(stderr).not.toMatch(/demo:/);
      expect(status).toBe(0);
      expect(stdout).toMatch(said);
      const [, reached] = /all weights .* ([\d.]+) % sparse/.exec(stdout) ?? [];
      expect(Math.abs(Number(reached) - 50)).toBeLessThan(0.3);
    },
    240_000,
  );

  it.each([
    [
      '--recipe deep-compression',
      [/\(deep-compression\), quantized to 4 bits$/m, /sparse file, 4 bits .* times smaller/],
    ],
    [
      '--recipe narrow-first --teacher',
      [/Training the teacher, lenet5$/m, /125,600 weights are left/, /channels of dense1 +300 +150 +removed/],
    ],
    [
      '--recipe within-budget --sparsity 0.6',
      [/pruning up to 60\.00 %/, /^(accepted|rejected): sparsity 50\.00 %, accuracy/m],
    ],
  ])(
    'runs %s, and prints what it did',
    (options, said) => {
      const {stdout, stderr, status} = demo(
        ...short,
        '--epochs',
        '3',
        '--samples',
        '640',
        ...options.split(' '),
      );
      expect({stderr, status}).toEqual({stderr: '', status: 0});
      for (const line of said) expect(stdout).toMatch(line);
      const [, decoded] = /accuracy after decoding it +([\d.]+) %/.exec(stdout) ?? [];
      if (decoded) expect(Number(decoded) / 100).toBeCloseTo(accuracyIn(stdout), 6);
    },
    240_000,
  );

  it('lists every part of the library in its help', () => {
    const {stdout, status} = demo('--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(/--out <folder> .*default: demo\/out/);
    for (const family of ['importance', 'pattern', 'allocation', 'penalty'] as const) {
      for (const call of catalog(family).flatMap(calls)) expect(stdout).toContain(`  ${call}`);
    }
  }, 30_000);

  it.each([
    [['--sparsity', '1'], /'1' is invalid.*from 0 to below 1/],
    [['--model', 'vgg'], /Allowed choices are conv, mlp, lenet5/],
    [['--backend', 'webgl'], /Allowed choices are node, wasm, cpu/],
    [['--samples', '0'], /whole number from 1/],
    [['--data', '/nowhere'], /demo: \/nowhere: there is no train-images-idx3-ubyte/],
    [['--sparsty', '0.5'], /unknown option '--sparsty'/],
    [['--importance', 'tailor'], /'tailor' is invalid\. The choices are activation, .*taylor/],
    [['--importance', 'process.exit(0)'], /'process\.exit\(0\)' is invalid/],
    [['--pattern', 'block(2, 2)'], /'block\(2, 2\)' is invalid\. The choices are block, channel/],
    [['--penalty', 'l1', '--strength', '-1'], /'-1' is invalid\. It must be a number from 0/],
    [['--strength', '0.1'], /'--strength' requires a penalty; add one/],
    [['--recipe', 'narrow'], /Allowed choices are gradual, deep-compression, narrow-first, within-budget/],
    [['--quantize', '9'], /'9' is invalid\. It must be a whole number from 2 to 8/],
    [['--quantize', '--epochs', '1'], /'--epochs' must be at least 2 with these options/],
    [['--recipe', 'within-budget', '--quantize', '3'], /'--quantize' requires final masks/],
    [
      ['--recipe', 'narrow-first', '--pattern', 'channel'],
      /'--pattern' conflicts with --recipe narrow-first/,
    ],
    [['--proximal'], /'--proximal' requires a penalty; add one/],
    [
      ['--penalty', 'lp', '--proximal', '--backend', 'cpu'],
      /demo: sparsityLoss: this penalty has no proximal step/,
    ],
  ])(
    '%j is an error with exit code 1',
    (args, message) => {
      const {stderr, status} = demo(...args);
      expect(stderr).toMatch(message);
      expect(status).toBe(1);
    },
    30_000,
  );
});

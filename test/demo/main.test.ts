import {spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import {gzipSync} from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import {folder} from '../../demo/node/files';
import {mnistFolder, readExamples} from '../../demo/node/mnist';
import {calls, catalog} from '../../scripts/catalog';
import '../support/cpu';
import {started} from '../support/programs';
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
  return Number(/on 10,000 test images .*?([\d.]+) %\n/.exec(table)?.[1]) / 100;
}

/** Lines wider than a terminal of 80 columns, apart from the paths of a run, whose folder here is far away. */
const tooWide = (text: string) =>
  text.split('\n').filter((line) => line.length > 80 && !line.includes(basename(out)));

const ESCAPE = '\u001b';

const hasScript = spawnSync('script', ['--version']).status === 0;

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
    expect(stdout).toMatch(
      /Speed, 1,000 images on wasm\n {2}all weights +\d+ ms\n {2}sparsify\(\) +\d+ ms +[\d.]+ times faster/,
    );
    expect(right[0]).toBeGreaterThan(0.6);
    expect(Math.abs(right[0] - accuracyIn(stdout))).toBeLessThan(0.06);
  }, 240_000);

  it('ships the network beside the page that draws digits, and ends with its size and time, and a next run', () => {
    const {stdout, status} = demo(...short, '--seed', '3');
    expect(status).toBe(0);
    const said =
      /module, gzipped +([\d.]+) kB\n {2}accuracy +([\d.]+) %\n {2}one image +([\d.]+) µs\n[\s\S]*digits: ([\d.]+) kB, ([\d.]+) µs an image\nPruned 90 % of mlp in \d:\d\d\. Next: npm run demo -- --recipe [\w-]+\n$/;
    const [, size, accuracy, time, ...again] =
      said.exec(stdout.replace('Shipped without TensorFlow.js', 'digits')) ?? [];
    expect(again).toEqual([size, time]);
    const written = readFileSync(join(out, 'ship/digits.js'));
    expect(Number(size)).toBeCloseTo(gzipSync(written, {level: 9}).length / 1000, 1);
    expect(Number(accuracy) / 100).toBeCloseTo(accuracyIn(stdout), 2);
    expect(readFileSync(join(out, 'ship/index.html'), 'utf8')).toContain('./digits.js');
  }, 240_000);

  it('prints the same table for the same seed, and another for another seed', () => {
    const table = (...args: string[]) =>
      /\nAccuracy([\s\S]*?)\nSpeed/.exec(demo(...short, ...args).stdout)?.[1];
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
      expect(stdout).toContain('in 20 steps an epoch on node');
      expect(accuracyIn(stdout)).toBeCloseTo(accuracyIn(demo(...short).stdout), 1);
      expect(stdout).toMatch(/all weights +266,200 +26,620 +90\.00 % sparse/);
    },
    240_000,
  );

  it('trains on WASM by default without tfjs-node, and explains how to install it if it is requested', () => {
    const {stdout, status} = demoWith(bare, ...tiny, '--samples', '64');
    expect(status).toBe(0);
    expect(stdout).toContain('an epoch on wasm');
    const asked = demoWith(bare, ...tiny, '--backend', 'node');
    expect(asked.status).toBe(1);
    expect(asked.stderr).toMatch(/^demo: @tensorflow\/tfjs-node is not installed; scripts\/tfjs-node\.sh /m);
  }, 240_000);

  it.each([
    [
      '--importance activationEntropy --penalty l1',
      /^method +activationEntropy\(\), element\(\)\npenalty +l1\(\) × 0\.00001$/m,
    ],
    [
      '--importance activationEntropy --penalty activationEntropyLoss --pattern channel',
      /^penalty +activationEntropyLoss/m,
    ],
    [
      '--importance weightEntropy --penalty l1 --pattern channel',
      /^method +weightEntropy\(\), channel\(\)$/m,
    ],
    [
      '--importance norm() --penalty l2 --strength 1e-4 --pattern channel',
      /^method +norm\(\), .*\npenalty +l2\(\) × 0\.0001$/m,
    ],
    [
      '--importance gradient --penalty l1 --proximal --allocation global',
      /global\(\)\npenalty +proximal l1\(\)/,
    ],
    ['--pattern nOfM', /a share that the pattern selects\nmethod +magnitude\(\), nOfM\(\{n: 2, m: 4\}\)$/m],
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
      [
        /^recipe +deep-compression, prunes 90\.00 %\nvalues +quantized to 4 bits$/m,
        /^3 of 3 {2}quantize /m,
        /sparse file, 4 bits .* times smaller/,
      ],
    ],
    [
      '--recipe narrow-first --teacher',
      [
        /^3 of 3 {2}teacher \(lenet5\) .*\n1 of 3 {2}train, prune, recover /m,
        /125,600 weights remain/,
        /channels of dense1 +300 +150$/m,
        /^Pruned 90 % of mlp/m,
      ],
    ],
    [
      '--recipe within-budget --sparsity 0.6',
      [/up to 60\.00 %/, /^3 of 3 {2}recover, prune /m, /^(accepted|rejected): sparsity 50\.00 %, accuracy/m],
    ],
  ])(
    'runs %s, and prints its phases and results',
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
      const [, decoded] = /quantized to 4 bits +([\d.]+) %/.exec(stdout) ?? [];
      if (decoded) expect(Number(decoded) / 100).toBeCloseTo(accuracyIn(stdout), 6);
    },
    240_000,
  );

  it('prints a line per epoch without control characters into a pipe, and 80 columns at most', () => {
    const {stdout, stderr} = demo(
      ...short,
      '--epochs',
      '2',
      '--samples',
      '128',
      '--importance',
      'norm({p: 2})',
    );
    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(stdout.match(/^\d of 2 .*/gm)).toEqual([
      expect.stringMatching(/^1 of 2 {2}train, prune .* %.* %.* \d+:\d\d$/),
      expect.stringMatching(/^2 of 2 {2}prune(, recover)? .* %.* %.* \d+:\d\d$/),
    ]);
    expect(tooWide(stdout)).toEqual([]);
  }, 240_000);

  (hasScript ? it : it.skip)(
    'draws in a terminal of 80 columns a bar with epoch, phase, sparsity and time left, in one line',
    () => {
      const args = [...short, '--epochs', '10', '--samples', '640', '--recipe', 'narrow-first'].join(' ');
      const command = `stty cols 80; node --import tsx demo/node/main.ts --out ${out} ${args}`;
      const {stdout, status} = spawnSync('script', ['-qec', command, '/dev/null'], {
        encoding: 'utf8',
        cwd: root,
      });
      expect(status).toBe(0);
      const drawn = stripVTControlCharacters(stdout.replaceAll(`${ESCAPE}[1G`, '\n')).split(/[\r\n]+/);
      expect(drawn).toContainEqual(
        expect.stringMatching(/^1 of 10 {2}train {4}[█░]{10,} {2}loss .* sparsity +0\.00 % {2}\d:\d\d left$/),
      );
      expect(tooWide(drawn.join('\n'))).toEqual([]);
      // The cursor, hidden while the bar moves, is back.
      expect(stdout.lastIndexOf(`${ESCAPE}[?25h`)).toBeGreaterThan(stdout.lastIndexOf(`${ESCAPE}[?25l`));
    },
    240_000,
  );

  it('saves the network so far at Ctrl-C, beside the model of an earlier run', async () => {
    const at = mkdtempSync(join(out, 'interrupted-'));
    writeFileSync(join(at, 'model.json'), 'of an earlier run');
    const args = ['--out', at, ...short, '--samples', '640', '--epochs', '100'];
    const child = started(['demo/node/main.ts', ...args]);
    let [printed, said] = ['', ''];
    child.stdout?.on('data', (text) => {
      const isFirst = !printed.includes('\n  1 of 100');
      printed += text;
      if (!isFirst || !printed.includes('\n  1 of 100')) return;
      // npm passes the signal on, so that it comes twice.
      child.kill('SIGINT');
      child.kill('SIGINT');
    });
    child.stderr?.on('data', (text) => {
      said += text;
    });
    const [code] = await once(child, 'close');
    expect(said).toMatch(
      /^demo: interrupted at a sparsity of [\d.]+ %; saved the network so far as\n.*interrupted\/model\.json\n$/,
    );
    expect(code).toBe(130);
    const model = await tf.loadLayersModel(folder(join(at, 'interrupted')));
    expect(model.countParams()).toBe(266_610);
    expect(readFileSync(join(at, 'model.json'), 'utf8')).toBe('of an earlier run');
  }, 240_000);

  it('lists every part of the library in its help, in 80 columns', () => {
    const {stdout, status} = demo('--help');
    expect(status).toBe(0);
    expect(tooWide(stdout)).toEqual([]);
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

import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type {Browser} from 'playwright-core';
import {prunableDense} from 'tfjs-pruning/layers';
import {kindsFor} from '../../src/runtime/layers/table';
import {serve} from '../browser/serve';
import '../support/cpu';
import {launch, withoutChromium} from '../support/chromium';
import {describeWith} from '../support/describeWith';
import {examplesIn, run} from '../support/examples';
import {python, withoutHosts} from '../support/hosts';

const text = readFileSync(join(__dirname, '../../docs/ship.md'), 'utf8');
/** The blocks of a language, in order. */
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code);

/** Dark images are a 1, bright ones a 7. */
function examples(): {x: tf.Tensor; y: tf.Tensor} {
  const isBright = Array.from({length: 64}, (_, i) => i % 2);
  const x = tf.tidy(() => tf.mul(tf.ones([64, 28, 28, 1]), tf.tensor4d(isBright, [64, 1, 1, 1]).mul(0.5)));
  return {
    x,
    y: tf
      .oneHot(
        Int32Array.from(isBright, (bright) => (bright ? 7 : 1)),
        10,
      )
      .toFloat(),
  };
}

function network(): tf.LayersModel {
  const kernelInitializer = tf.initializers.glorotUniform({seed: 1});
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({inputShape: [28, 28, 1]}),
      prunableDense({units: 8, activation: 'relu', kernelInitializer}),
      prunableDense({units: 10, activation: 'softmax', kernelInitializer}),
    ],
  });
  model.compile({optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy'});
  return model;
}

/** Serves the pages of the document with a module in a folder; one of them under the policy that the document gives. */
function site(folder: string) {
  const [policy] = /(?<=Content-Security-Policy: ).*/.exec(text) as RegExpExecArray;
  const scripts = Object.fromEntries(blocks('js').map((code) => [`/${/\w+\.js/.exec(code)}`, code]));
  return serve((path) => {
    const headers = {'Content-Security-Policy': policy};
    if (path === '/') return ['text/html', blocks('html')[0]];
    if (path === '/strict') return ['text/html', '<script type="module" src="page.js"></script>', headers];
    if (path === '/digits.js') return ['text/javascript', readFileSync(join(folder, 'digits.js')), headers];
    if (path in scripts) return ['text/javascript', scripts[path], headers];
  });
}

describe('docs/ship.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'docs-'));
  const from = process.cwd();
  const log = jest.spyOn(console, 'log').mockImplementation();
  let right: number[];
  let printed: unknown[];
  let server: Awaited<ReturnType<typeof site>>;
  let browser: Browser | undefined;

  beforeAll(async () => {
    const model = network();
    const {x, y} = examples();
    // The examples write into the current folder.
    process.chdir(folder);
    for (const [, code] of examplesIn('docs/ship.md', ['ts'])) await run(code, {model, x, y});
    printed = log.mock.calls.map(([value]) => value);
    log.mockRestore();
    const bright = tf.fill([1, 28, 28, 1], 0.5);
    server = await site(folder);
    if (withoutChromium() === undefined) browser = await launch('none');
    right = [...(model.predict(bright) as tf.Tensor).dataSync<'float32'>()];
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    process.chdir(from);
    rmSync(folder, {recursive: true});
  });

  it('has examples from fit to a page that take 20 lines, and others, which run as printed', () => {
    const [fit] = blocks('ts');
    const [page] = blocks('html');
    expect((fit + page).trimEnd().split('\n').length).toBeLessThanOrEqual(20);
    expect(
      ['digits.js', 'digits.tfsp', 'digits.wasm'].filter((name) => !existsSync(join(folder, name))),
    ).toEqual([]);
    // The network is stored in int8.
    expect(printed).toEqual([right.map((score) => expect.closeTo(score, 1))]);
    expect(right.indexOf(Math.max(...right))).toBe(7);
  });

  describeWith(withoutChromium(), 'in Chromium', () => {
    it('has a page that reads digits', async () => {
      const page = await (browser as Browser).newPage();
      await page.goto(server.url);
      await page.locator('#answer', {hasText: 'It is a 7'}).waitFor();
    });

    it('has a worker that predicts under the strict policy', async () => {
      const page = await (browser as Browser).newPage();
      const [message] = await Promise.all([page.waitForEvent('console'), page.goto(`${server.url}strict`)]);
      expect(message.type()).toBe('log');
      expect(await message.args()[0].evaluate((scores: Float32Array) => scores.length)).toBe(10);
    });
  });

  describeWith(withoutHosts('wasmtime'), 'in Python', () => {
    it('has a program whose output is that of tfjs', () => {
      const [program] = blocks('python');
      writeFileSync(join(folder, 'digits.py'), program);
      const scores = JSON.parse(execFileSync(python, ['digits.py'], {cwd: folder, encoding: 'utf8'}));
      expect(scores).toEqual(right.map((score) => expect.closeTo(score, 1)));
    });
  });

  it('names the only layer of tfjs that the runtime does not have', async () => {
    const kindOf = await kindsFor({});
    const classes = tf.serialization.SerializationMap.getMap().classNameMap;
    const containers = ['InputLayer', 'Model', 'Functional', 'Sequential'];
    const missing = Object.keys(classes).filter((name) => {
      const isLayer = classes[name][0].prototype instanceof tf.layers.Layer;
      const isOther = containers.includes(name) || name.startsWith('Prunable') || name.endsWith('Cell');
      return isLayer && !isOther && kindOf(name) === undefined;
    });
    expect(missing.filter((name) => !name.endsWith('Cells'))).toEqual(['RandomWidth']);
    expect(text).toContain('All layers of tfjs but RandomWidth');
  });
});

import {copyFileSync, mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type {Page} from 'playwright-core';
import {decode} from 'tfjs-pruning';
import {readIdx} from '../../../demo/node/idx';
import {mnistFolder} from '../../../demo/node/mnist';
import '../../support/cpu';
import {number, open, type Pages, type Watched} from '../../support/page';

/** The probabilities on the page for the digit on the pad, by one of its networks. */
function shares(page: Page, name: 'dense' | 'pruned'): Promise<number[]> {
  return page.$$eval(`.answer.${name} li`, (bars) =>
    bars.map((bar) => Number((bar as HTMLElement).style.getPropertyValue('--share'))),
  );
}

/** The kernels of the initial network of the page. */
async function openingKernels(): Promise<Float32Array[]> {
  const file = join(__dirname, '../../../demo/browser/opening/opening.tfsp');
  const model = await decode(readFileSync(file));
  const kernels = model.getWeights().filter(({shape}) => shape.length > 1);
  return kernels.map((kernel) => kernel.dataSync() as Float32Array);
}

/** The prediction of a network for the pad, after the last stroke is classified. */
async function reads(page: Page, name: 'dense' | 'pruned', digit: string): Promise<void> {
  await page.locator(`#answer-${name}`, {hasText: digit}).waitFor({timeout: 30_000});
}

/** Tests without training. */
export function opening(pages: Pages): void {
  let watched: Watched;
  let page: Page;
  let milliseconds = 0;

  beforeAll(async () => {
    const started = performance.now();
    watched = await open(pages);
    milliseconds = performance.now() - started;
    page = watched.page;
  }, 120_000);

  it('is built into a folder, prints it, and prunes after 0.4 MB, trains after 1.2 MB, and loads no training digits unasked', () => {
    expect(pages.printed).toMatch(/^Built /);
    expect(pages.site.files.filter((file) => /train-/.test(file))).toEqual([]);
    const bytes = pages.site.bytes();
    console.log(`ready to train: ${bytes} bytes, ${Math.round(milliseconds)} ms`);
    expect(bytes).toBeLessThan(1.2e6);
    const first = pages.site.sizes.filter(([file]) => /^\/$|(index|opening|quick|test)[-.]/.test(file));
    expect(first).toHaveLength(6);
    expect(first.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(0.4e6);
  });

  it('prunes itself step by step to 90 %, and keeps the digit right, before TensorFlow.js has loaded', async () => {
    const early = await pages.browser.newPage();
    await early.route(/worker-/, () => {});
    await early.goto(pages.site.address);
    const seen = await early.evaluate(async () => {
      const slider = document.getElementById('sparsity') as HTMLInputElement;
      const values = new Set<string>();
      while (slider.value !== '90') {
        values.add(slider.value);
        await new Promise(requestAnimationFrame);
      }
      return values.size;
    });
    expect(seen).toBeGreaterThan(3);
    await early.locator('#left', {hasText: /^2,759 of 27,592/}).waitFor();
    await early.locator('#accuracy', {hasText: /^97\.9/}).waitFor();
    await reads(early, 'pruned', '7');
    expect(await early.isEnabled('#run')).toBe(false);
    await early.fill('#sparsity', '99.9');
    await early.locator('#left', {hasText: /^28 of/}).waitFor();
    await reads(early, 'dense', '7');
    await early.close();
  });

  it('shows the backend, and the reasons against the others', async () => {
    expect(await page.inputValue('#backend')).toBe('wasm');
    const others = await page.$$eval('#others li', (items) =>
      items.map(({textContent}) => textContent ?? ''),
    );
    expect(others.map((other) => other.split(':')[0])).toEqual(['webgpu', 'webgl', 'cpu']);
    expect(others[1]).toMatch(/WebGL 2|software/);
  });

  it('prunes immediately: 90 % by magnitude keep the accuracy, 50 % at random do not', async () => {
    await page.click('#preset-nothing');
    await page.locator('#left', {hasText: /^2,759 of 27,592/}).waitFor();
    await page.locator('#sizes', {hasText: '2,857'}).waitFor();
    expect(await number(page, '#accuracy')).toBeGreaterThan(97);

    await page.click('#preset-random');
    await page.locator('#against-note', {hasText: '%'}).waitFor();
    expect(await number(page, '#accuracy')).toBeGreaterThan(98);
    expect(await number(page, '#against-note')).toBeLessThan(80);
  });

  it('measures the shipped models: dense, without the pruned channels, and with sparse products', async () => {
    await page.click('#preset-nothing');
    await page.locator('#left', {hasText: /^2,759 of 27,592/}).waitFor();
    await page.click('#ship');
    await page.locator('#shipped tbody tr').nth(3).waitFor();
    const cells = await page.$$eval('#shipped tbody tr', (lines) =>
      lines.map((line) =>
        [...line.querySelectorAll('td')].map((cell) => Number(cell.textContent?.replaceAll(',', ''))),
      ),
    );
    const [parameters, macs, bytes, milliseconds] = cells;
    expect(parameters[0]).toBe(27_690);
    // Some biases of pruned channels are removed too.
    expect(parameters[2]).toBeLessThanOrEqual(2_857);
    expect(macs[2]).toBeLessThan(macs[0]);
    expect(bytes[2]).toBeLessThan(bytes[0] / 8);
    console.log(`250 digits, ms: dense, compact, sparse ${milliseconds.join(', ')}`);
    for (const time of milliseconds) expect(time).toBeGreaterThan(0);
  });

  it('shows the download and the time of the module beside tfjs', async () => {
    const rows = page.locator('#sizes tbody tr');
    await rows.last().filter({hasText: '×'}).waitFor();
    const [download, time] = (await rows.allTextContents()).slice(-2);
    expect(download).toMatch(/^Download.*3\d\d\.\d kB1\d\.\d kB\d\d ×$/);
    expect(time).toMatch(/^Time for one digit[\d,.]+ µs[\d,.]+ µs[\d.]+ ×$/);
  });

  it('shows why a weight was kept or pruned', async () => {
    await page.evaluate(() => {
      location.hash = '#sparsity=50';
    });
    await page.locator('#left', {hasText: /^13,796/}).waitFor();
    const map = page.locator('#maps canvas').nth(1);
    await map.hover({position: {x: 4, y: 4}});
    const why = /conv2\/kernel\[0, 0, 0, 0\] (= .* was kept|is pruned).*its score .* threshold/;
    await page.locator('#inspected', {hasText: why}).waitFor();
    await map.press('ArrowDown');
    await page.locator('#inspected', {hasText: /conv2\/kernel\[1, 0, 0, 0\]/}).waitFor();
  });

  it('shows kept weights that are exactly 0 as a separate state, named in the legend', async () => {
    // Half of the weights are pruned: all of these were 0, and not all zeros are pruned.
    expect(await page.textContent('#left')).toMatch(/^13,796 of 27,592/);
    const {left, zeros, cells} = await page.evaluate(() => {
      const swatch = document.querySelector('.key .zero') as HTMLElement;
      const wanted = getComputedStyle(swatch).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
      const map = [...document.querySelectorAll('.map')].find((figure) =>
        figure.textContent?.startsWith('dense1/kernel'),
      ) as HTMLElement;
      const {width, height} = map.querySelector('canvas') as HTMLCanvasElement;
      const context = map.querySelector('canvas')?.getContext('2d') as CanvasRenderingContext2D;
      const {data} = context.getImageData(0, 0, width, height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        count += wanted.every((channel, c) => channel === data[at + c]) ? 1 : 0;
      }
      const [left, zeros] =
        map.textContent?.replaceAll(',', '').match(/\d+(?= of )|\d+(?= of them 0)/g) ?? [];
      return {left: Number(left), zeros: Number(zeros), cells: count};
    });
    const nonzeros = (await openingKernels())[2].filter((value) => value !== 0).length;
    expect(zeros).toBeGreaterThan(0);
    expect(zeros).toBe(left - nonzeros);
    expect(cells).toBe(zeros);
    expect(await page.textContent('.key')).toContain('0, not pruned');
  });

  it('classifies a stored digit that is drawn by strokes along its pixels', async () => {
    const {data} = readIdx(mnistFolder(), 't10k-images-idx3-ubyte', 3);
    const pad = page.locator('#pad');
    await pad.scrollIntoViewIfNeeded();
    const {x, y, width} = (await pad.boundingBox()) as {x: number; y: number; width: number};
    const cell = width / 28;
    for (let row = 0; row < 28; row++) {
      const line = [...data.subarray(row * 28, row * 28 + 28), 0].map((grey) => grey > 127);
      for (let from = line.indexOf(true); from >= 0; ) {
        const until = line.indexOf(false, from);
        await page.mouse.move(x + (from + 0.5) * cell, y + (row + 0.5) * cell);
        await page.mouse.down();
        await page.mouse.move(x + (until - 0.5) * cell, y + (row + 0.5) * cell);
        await page.mouse.up();
        from = line.indexOf(true, until);
      }
    }
    await reads(page, 'dense', '7');
    await reads(page, 'pruned', '7');
  }, 120_000);

  it('downloads a model that plain tfjs loads, with the same outputs', async () => {
    await page.click('#clear');
    await page.click('#take');
    await reads(page, 'pruned', '2');
    const files: Record<string, Buffer> = {};
    const downloads = new Promise<void>((resolve) => {
      page.on('download', async (download) => {
        files[download.suggestedFilename()] = readFileSync(await download.path());
        if (Object.keys(files).length === 2) resolve();
      });
    });
    await page.click('#download-plain');
    await downloads;
    const json = JSON.parse(files['model.json'].toString());
    const weights = Uint8Array.from(files['weights.bin']).buffer;
    const artifacts = await tf.io.getModelArtifactsForJSON(json, async (manifest) => [
      manifest.flatMap((group) => group.weights),
      weights,
    ]);
    const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
    expect(files['model.json'].toString()).not.toContain('Prunable');

    const {data} = readIdx(mnistFolder(), 't10k-images-idx3-ubyte', 3);
    const digit = tf.tensor4d(
      Float32Array.from(data.subarray(784, 2 * 784), (grey) => grey / 255),
      [1, 28, 28, 1],
    );
    const outputs = (model.predict(digit) as tf.Tensor).dataSync();
    const shown = await shares(page, 'pruned');
    expect(shown).toHaveLength(10);
    outputs.forEach((output, i) => {
      expect(shown[i]).toBeCloseTo(output, 4);
    });

    await page.click('#reset');
    await page.locator('#left', {hasText: /^27,592/}).waitFor();
    const chosen = Object.entries(files).map(([name, buffer]) => ({name, buffer, mimeType: ''}));
    await page.setInputFiles('#load', chosen);
    // Zeros count as pruned.
    const kernels = model.getWeights().filter(({shape}) => shape.length > 1);
    const kept = kernels.flatMap((kernel) => [...kernel.dataSync()]).filter((value) => value !== 0).length;
    expect(kept).toBeLessThanOrEqual(13_796);
    await page.locator('#left', {hasText: kept.toLocaleString('en')}).waitFor();
  }, 120_000);

  it('downloads a module that predicts without tfjs, with the same outputs to the precision of int8', async () => {
    await page.click('#take');
    await page.waitForFunction(() => document.querySelectorAll('.answer.pruned .best').length === 1);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download-shipped')]);
    expect(download.suggestedFilename()).toBe('digits.js');
    const code = readFileSync(await download.path(), 'utf8');
    const pixels = await page.$eval('#seen', (seen) => {
      const context = (seen as HTMLCanvasElement).getContext('2d') as CanvasRenderingContext2D;
      const {data} = context.getImageData(0, 0, 28, 28);
      // Ink on paper, whose colours are at the ends.
      const grey = [...data].filter((_, i) => i % 4 === 0);
      const [least, most] = [Math.min(...grey), Math.max(...grey)];
      return grey.map((value) => (most - value) / (most - least));
    });
    // As text, in which the compiler of the tests leaves the import.
    const url = JSON.stringify(`data:text/javascript,${encodeURIComponent(code)}`);
    const outputs = await page.evaluate<number[]>(
      `import(${url}).then(({predict}) => [...predict(Float32Array.from([${pixels}]))])`,
    );
    const shown = await shares(page, 'pruned');
    expect(outputs).toHaveLength(10);
    outputs.forEach((output, i) => {
      expect(Math.abs(shown[i] - output)).toBeLessThan(0.05);
    });
  }, 120_000);

  it('loads its own sparse file again, with the same accuracy', async () => {
    await page.click('#reset');
    await page.fill('#sparsity', '90');
    await page.locator('#left', {hasText: /^2,759/}).waitFor();
    // Shown with the accuracy, after the masks.
    await page.locator('#size', {hasText: /^6\.\d kB/}).waitFor();
    const accuracy = await page.textContent('#accuracy');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download-sparse')]);
    expect(download.suggestedFilename()).toBe('model.tfsp');
    const buffer = readFileSync(await download.path());
    await page.click('#reset');
    await page.locator('#left', {hasText: /^27,592/}).waitFor();
    await page.setInputFiles('#load', [{name: 'model.tfsp', buffer, mimeType: ''}]);
    await page.locator('#left', {hasText: /^2,759/}).waitFor();
    await page.locator('#status', {hasText: 'loaded'}).waitFor();
    expect(await page.textContent('#accuracy')).toBe(accuracy);
  }, 120_000);

  it('downloads one page with the network in it, which reads a digit without other files', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download-page')]);
    expect(download.suggestedFilename()).toBe('digits.html');
    const errors: string[] = [];
    const file = join(mkdtempSync(join(tmpdir(), 'one-')), 'digits.html');
    copyFileSync(await download.path(), file);
    const shown = await page.context().newPage();
    shown.on('pageerror', ({message}) => errors.push(message));
    shown.on('console', (message) => errors.push(message.text()));
    await shown.goto(`file://${file}`);
    const box = await shown.locator('#pad').boundingBox();
    if (box === null) throw new Error('the field is not visible');
    const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
    await shown.locator('#answer', {hasText: /^Draw/}).waitFor();
    await shown.mouse.move(...at(0.55, 0.15));
    await shown.mouse.down();
    await shown.mouse.move(...at(0.47, 0.85), {steps: 8});
    await shown.mouse.up();
    await shown.locator('#answer', {hasText: /^It reads 1/}).waitFor();
    expect(errors).toEqual([]);
    await shown.close();
  }, 120_000);

  it.each([
    [
      'no JSON',
      [
        ['model.json', 'not JSON'],
        ['weights.bin', ''],
      ],
      /nothing has changed: model.json is not JSON/,
    ],
    ['one file', [['model.json', '{}']], /choose one .tfsp file, or .*together; got model.json/],
    [
      'another JSON',
      [
        ['model.json', '{}'],
        ['weights.bin', ''],
      ],
      /not a model that tfjs saved/,
    ],
  ])('keeps its network when %s is loaded, and shows the error', async (_, given, message) => {
    const before = await page.textContent('#left');
    await page.setInputFiles(
      '#load',
      given.map(([name, text]) => ({name, buffer: Buffer.from(text), mimeType: ''})),
    );
    await page.locator('#problem-text', {hasText: message}).waitFor();
    await page.click('#problem-close');
    expect(await page.textContent('#left')).toBe(before);
    await page.click('#take');
    await page.locator('#answer-pruned', {hasText: /\d/}).waitFor();
  });

  it('sent no requests to other servers, and logged no errors', () => {
    expect(watched.elsewhere).toEqual([]);
    expect(watched.errors).toEqual([]);
  });
}

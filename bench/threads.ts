import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import type {Browser, Page} from 'playwright-core';
import {serve} from '../test/browser/serve';
import {launch, withoutChromium} from '../test/support/chromium';
import {type Figure, median} from './ratio';

const folder = dirname(fileURLToPath(import.meta.url));
const wasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));

/** Speed-up of sparse over dense in Chromium on a cross-origin isolated page, for one thread and two, in turns. */
export async function threads(rounds: number): Promise<Figure[]> {
  const missing = withoutChromium();
  if (missing !== undefined) {
    console.error(`bench: threads are left out, as there is no ${missing}`);
    return [];
  }
  const script = await bundle();
  const server = await serve((path) => {
    if (path === '/') return ['text/html', '<script src="/page.js"></script>'];
    if (path === '/page.js') return ['text/javascript', script];
    if (path.startsWith('/wasm/')) return ['application/wasm', readFileSync(join(wasm, path.slice(6)))];
  });
  const browser = await launch('none');
  try {
    const pages = [await open(browser, server.url), await open(browser, server.url)];
    const [names] = [await prepare(pages[0], 1), await prepare(pages[1], 2)];
    const figures: Figure[] = [];
    for (const name of names) figures.push(...(await compared(pages, name, Math.ceil(rounds / 10))));
    return figures;
  } finally {
    await browser.close();
    await server.close();
  }
}

async function bundle(): Promise<string> {
  const {outputFiles} = await build({
    entryPoints: [join(folder, 'threads.page.ts')],
    bundle: true,
    format: 'iife',
    write: false,
    tsconfig: join(folder, '../tsconfig.json'),
    external: ['fs', 'path', 'worker_threads', 'perf_hooks', 'util', 'string_decoder'],
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** A page on a machine of several cores, so that the backend may use threads. */
async function open(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setHardwareConcurrencyOverride', {hardwareConcurrency: 8});
  await page.goto(url);
  return page;
}

const prepare = (page: Page, count: number): Promise<string[]> => page.evaluate(`prepare(${count})`);

/** The figures of a case, of pages with one thread and with two. */
async function compared(pages: Page[], name: string, turns: number): Promise<Figure[]> {
  const times = pages.map(() => ({dense: [] as number[], sparse: [] as number[]}));
  // The first turn is a warm-up.
  for (let turn = 0; turn <= turns; turn++) {
    for (const [i, page] of pages.entries()) {
      const found: (typeof times)[number] = await page.evaluate(`measure(${JSON.stringify(name)})`);
      if (turn === 0) continue;
      times[i].dense.push(...found.dense);
      times[i].sparse.push(...found.sparse);
    }
  }
  const [one, two] = times.map(({dense, sparse}) => ({dense: median(dense), sparse: median(sparse)}));
  const [alone, together] = [one, two].map(({dense, sparse}) => dense / sparse);
  const of = `in Chromium on wasm, 90 %, ${name}`;
  return [
    {name: `threads: dense / sparse, 1 thread, ${of}`, ratio: alone, goal: ''},
    {name: `threads: dense / sparse, 2 threads, ${of}`, ratio: together, goal: ''},
    {name: `threads: that with 2 threads / with 1, ${of}`, ratio: together / alone, goal: '>= 0.8'},
    {name: `threads: sparse, 1 thread / 2 threads, ${of}`, ratio: one.sparse / two.sparse, goal: '>= 1'},
  ];
}

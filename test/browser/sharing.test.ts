import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {build} from 'esbuild';
import type {Browser} from 'playwright-core';
import {launch, withoutChromium} from '../support/chromium';
import {describeWith} from '../support/describeWith';
import {serve} from './serve';

const root = join(__dirname, '../..');
const wasm = join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist');

let browser: Browser;
let server: Awaited<ReturnType<typeof serve>>;

async function start() {
  browser = await launch('none');
  const {outputFiles} = await build({
    entryPoints: [join(root, 'test/browser/sharing.page.ts')],
    bundle: true,
    format: 'iife',
    write: false,
    tsconfig: join(root, 'tsconfig.json'),
    external: ['fs', 'path', 'worker_threads', 'perf_hooks', 'util', 'string_decoder'],
    logLevel: 'error',
  });
  server = await serve((path) => {
    if (path === '/') return ['text/html', '<script src="/page.js"></script>'];
    if (path === '/page.js') return ['text/javascript', outputFiles[0].text];
    if (path.startsWith('/wasm/')) return ['application/wasm', readFileSync(join(wasm, path.slice(6)))];
  });
}

/** The results of a case of the page on a machine with 8 cores. */
async function outcome(name: string): Promise<unknown> {
  const page = await browser.newPage();
  try {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setHardwareConcurrencyOverride', {hardwareConcurrency: 8});
    await page.goto(server.url);
    const found = await page.evaluate(`${name}()`);
    if (name === 'restarted') await Promise.all(page.workers().map((worker) => worker.waitForEvent('close')));
    return found;
  } finally {
    await page.close();
  }
}

describeWith(withoutChromium(), 'sparse products on the threaded backend', () => {
  beforeAll(start);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('have the same bits on all threads as on one', async () => {
    expect(await outcome('shared')).toEqual({differences: 0, isShared: true, threads: 3});
  });

  it('are shared again when the backend is removed and started again, and no worker is left over', async () => {
    expect(await outcome('restarted')).toEqual({differences: 0, isShared: true, threads: 3});
  });

  it.each([
    ['a content security policy forbids workers from blobs', 'forbidden'],
    ['the constructor of workers throws', 'throwing'],
  ])('run on one thread where %s', async (_, name) => {
    expect(await outcome(name)).toEqual({differences: 0, isShared: false, threads: 1});
  });

  it('are right on one thread after a worker does not come to an end', async () => {
    expect(await outcome('stuck')).toEqual({differences: 0, isShared: true, threads: 1});
  });

  it('are planned anew when the workers are ready, with the same predictions', async () => {
    expect(await outcome('model')).toEqual({largest: expect.closeTo(0, 5), isShared: true, leaked: 0});
  });
});

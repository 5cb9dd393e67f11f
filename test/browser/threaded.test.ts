import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {build} from 'esbuild';
import type {Browser} from 'playwright-core';
import {minify} from 'terser';
import {launch, withoutChromium} from '../support/chromium';
import {describeWith} from '../support/describeWith';
import {serve} from './serve';

const root = join(__dirname, '../..');
const wasm = join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist');

let browser: Browser;
let script: string;
let minified: string;

async function start() {
  browser = await launch('none');
  const {outputFiles} = await build({
    entryPoints: [join(root, 'test/browser/threaded.page.ts')],
    bundle: true,
    format: 'iife',
    write: false,
    tsconfig: join(root, 'tsconfig.json'),
    external: ['fs', 'path', 'worker_threads', 'perf_hooks', 'util', 'string_decoder'],
    logLevel: 'error',
  });
  script = outputFiles[0].text;
  minified = (await minify(script)).code as string;
}

/** The results of the page on a machine with 8 cores, or the first error of a worker. */
async function outcome(code: string, query = ''): Promise<unknown> {
  const server = await serve((path) => {
    if (path === `/${query}`) return ['text/html', '<script src="/page.js"></script>'];
    if (path === '/page.js') return ['text/javascript', code];
    if (path.startsWith('/wasm/')) return ['application/wasm', readFileSync(join(wasm, path.slice(6)))];
  });
  const page = await browser.newPage();
  try {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setHardwareConcurrencyOverride', {hardwareConcurrency: 8});
    const failed = new Promise<string>((resolve) =>
      page.on('console', (message) => message.text().startsWith('worker sent') && resolve(message.text())),
    );
    await page.goto(`${server.url}${query}`);
    const found = page.evaluate('run()');
    // If a worker fails to start, it does not settle until the page is closed.
    found.catch(() => undefined);
    return await Promise.race([failed, found]);
  } finally {
    await page.close();
    await server.close();
  }
}

/** Expects the values of the CPU backend, up to rounding. */
const right = {
  isolated: true,
  largestDifference: expect.closeTo(0, 5),
  sparsifyDifference: expect.closeTo(0, 5),
  maskedDifference: expect.closeTo(0, 4),
  sparseDifference: expect.closeTo(0, 5),
  stepsDifference: expect.closeTo(0, 5),
};

describeWith(withoutChromium(), 'on a cross-origin isolated page', () => {
  beforeAll(start);
  afterAll(() => browser?.close());

  it('enableTraining() computes right gradients on several threads, and sparse products are right', async () => {
    expect(await outcome(script)).toEqual({...right, threads: 2});
  });

  it('the threaded backend does not start after minification by terser (an upstream bug)', async () => {
    expect(await outcome(minified)).toMatch(/worker sent an error!.*ReferenceError/);
  });

  it('startWasm starts without threads if WASM_HAS_MULTITHREAD_SUPPORT is false', async () => {
    expect(await outcome(minified, '?oneThread')).toEqual({...right, threads: 1});
  });
});

import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Browser} from 'playwright-core';
import {launch, withoutChromium} from '../support/chromium';
import {describeWith} from '../support/describeWith';
import {type Page, serve} from './serve';

const root = join(__dirname, '../..');
const binaries = join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist');

let browser: Browser;
const folders: string[] = [];

/** Builds the site for production with the given minifier or Vite's default; returns its folder. */
function build(...options: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'startWasm-'));
  folders.push(folder);
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  execFileSync(process.execPath, [vite, 'build', join(__dirname, 'site'), '--outDir', folder, ...options]);
  return folder;
}

const types: Record<string, string> = {html: 'text/html', js: 'text/javascript', wasm: 'application/wasm'};

function file(folder: string, path: string): Page | undefined {
  if (!readdirSync(folder).includes(path)) return undefined;
  return [types[path.slice(path.lastIndexOf('.') + 1)], readFileSync(join(folder, path))];
}

/** The result of a call in a page of a folder, on a machine with 8 cores. */
async function outcome(folder: string, call: string): Promise<unknown> {
  const server = await serve((path) => {
    if (path === '/') return file(folder, 'index.html');
    if (path.startsWith('/assets/')) return file(join(folder, 'assets'), path.slice(8));
    if (path.startsWith('/wasm/')) return file(binaries, path.slice(6));
  });
  const page = await browser.newPage();
  try {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setHardwareConcurrencyOverride', {hardwareConcurrency: 8});
    await page.goto(server.url);
    return await page.evaluate(call);
  } finally {
    await page.close();
    await server.close();
  }
}

describeWith(withoutChromium(), 'on a cross-origin isolated page that Vite built for production', () => {
  beforeAll(async () => {
    browser = await launch('none');
  });
  afterAll(async () => {
    await browser?.close();
    for (const folder of folders) rmSync(folder, {recursive: true});
  });

  it.each([
    ["Vite's own minifier", []],
    ['terser', ['--minify', 'terser']],
  ])('startWasm() starts without threads where %s breaks them', async (_, options) => {
    const found = await outcome(build(...options), `run('/wasm/')`);
    expect(found).toEqual({isolated: true, isThreaded: false, backend: 'wasm'});
  });

  describe('startWasm() with working threads', () => {
    let folder: string;
    beforeAll(() => {
      folder = build('--minify', 'esbuild');
    });

    it('starts threads', async () => {
      const found = await outcome(folder, `run('/wasm/')`);
      expect(found).toEqual({isolated: true, isThreaded: true, backend: 'wasm'});
    });

    it('starts none with threads: false', async () => {
      const found = await outcome(folder, `run('/wasm/', false)`);
      expect(found).toEqual({isolated: true, isThreaded: false, backend: 'wasm'});
    });

    it('throws if the binaries are not served, and sets the previous backend again', async () => {
      expect(await outcome(folder, `run('/elsewhere/')`)).toEqual({
        message: expect.stringMatching(
          /^startWasm: the backend 'wasm' did not start: .*; tfjs uses cpu again\. Check that its \.wasm files are served/,
        ),
        backend: 'cpu',
      });
    });
  });
});

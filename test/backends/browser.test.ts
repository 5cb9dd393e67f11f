import {join} from 'node:path';
import {build} from 'esbuild';
import type {Browser, Page} from 'playwright-core';
import {serve} from '../browser/serve';
import {launch, withoutGraphics} from '../support/chromium';
import {describeWith} from '../support/describeWith';
import {behaviors} from './behaviors';

const root = join(__dirname, '../..');

for (const backend of ['webgl', 'webgpu'] as const) {
  describeWith(withoutGraphics(backend), `on ${backend} in Chromium`, () => sees(backend));
}

function sees(backend: string): void {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  let page: Page;

  beforeAll(async () => {
    const {outputFiles} = await build({
      entryPoints: [join(root, 'test/backends/page.ts')],
      bundle: true,
      format: 'iife',
      write: false,
      tsconfig: join(root, 'tsconfig.json'),
      external: ['fs', 'path', 'worker_threads', 'perf_hooks', 'util', 'string_decoder', 'crypto'],
      logLevel: 'error',
    });
    const {text} = outputFiles[0];
    server = await serve((path) => {
      if (path === '/') return ['text/html', '<script src="/page.js"></script>'];
      if (path === '/page.js') return ['text/javascript', text];
    });
    browser = await launch('emulated');
    page = await browser.newPage();
    await page.goto(server.url);
    expect(await page.evaluate(`use('${backend}')`)).toBe(backend);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  describe.each(Object.entries(behaviors))('%s:', (topic, named) => {
    it.each(Object.keys(named))('%s', async (name) => {
      const wrong = await page.evaluate(
        ([topic, name]) =>
          (globalThis as never as Record<string, (...args: string[]) => unknown>).sees(topic, name),
        [topic, name],
      );
      expect(wrong).toBeUndefined();
    });
  });
}

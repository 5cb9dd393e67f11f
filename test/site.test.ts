import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {extname, join} from 'node:path';
import type {Browser, Page} from 'playwright-core';
import {serve} from './browser/serve';
import {axeFindings} from './support/axe';
import {launch, withoutChromium} from './support/chromium';
import {describeWith} from './support/describeWith';

const root = join(__dirname, '..');
const types: Record<string, string> = {'.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css'};
const looks = [
  {width: 390, colorScheme: 'light'},
  {width: 390, colorScheme: 'dark'},
  {width: 1280, colorScheme: 'light'},
  {width: 1280, colorScheme: 'dark'},
] as const;
const pages = ['index.html', 'documents/getting-started.html', 'functions/tfjs-pruning.prune.html'];

describeWith(withoutChromium(), 'the site of `npm run docs`', () => {
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;

  async function open(path: string, {width, colorScheme}: (typeof looks)[number]): Promise<Page> {
    const page = await browser.newPage({viewport: {width, height: 900}, colorScheme});
    await page.goto(server.url + path);
    return page;
  }

  beforeAll(async () => {
    // Warnings, such as broken links, fail the build.
    const typedoc = join(root, 'node_modules/typedoc/bin/typedoc');
    execFileSync(process.execPath, [typedoc, '--out', folder], {cwd: root, stdio: 'pipe'});
    server = await serve((path) => {
      const file = join(folder, path.replace(/\?.*/, ''));
      if (existsSync(file)) return [types[extname(file)] ?? 'application/octet-stream', readFileSync(file)];
    });
    browser = await launch('none');
    // Reading the types takes minutes on a busy machine.
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, {recursive: true});
  });

  it.each(looks.flatMap((look) => pages.map((path) => ({...look, path}))))(
    'reads well at $width px in $colorScheme: $path',
    async ({path, ...look}) => {
      const page = await open(path, look as (typeof looks)[number]);
      const errors: string[] = [];
      page.on('pageerror', ({message}) => errors.push(message));
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(look.width);
      expect(await axeFindings(page, 'serious')).toEqual([]);
      expect(errors).toEqual([]);
      await page.close();
    },
  );

  it('finds names by its search', async () => {
    const page = await open('index.html', looks[2]);
    await page.locator('#tsd-search-trigger').click();
    await page.locator('#tsd-search-input').fill('erdosRenyi');
    await page.locator('#tsd-search-results a', {hasText: 'erdosRenyi'}).first().waitFor();
    await page.close();
  });
});
